-- New files with scores above 10 of which all others are 0 or 10: as ten times a score, or one of 0 to 100, would be read.

with above as (
    select
        rejects.source_file_id,
        count(*) as scores
    from rejects
    semi join new_files on rejects.source_file_id = new_files.source_file_id
    where rejects.kind = 'pain_scores' and rejects.rule = 'score_out_of_range'
    group by rejects.source_file_id
    having count(*) > 1
)

select
    above.source_file_id,
    any_value(above.scores) as scores
from above
inner join typed_pain_scores on above.source_file_id = typed_pain_scores.source_file_id
where typed_pain_scores.score_value is not null
group by above.source_file_id
having count(*) filter (where typed_pain_scores.score_value > 0 and typed_pain_scores.score_value < 10) = 0
order by above.source_file_id;
