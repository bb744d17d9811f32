-- Of every new file and every file before it: how many of its rows are replaced, how many new rows lose to it, and of
-- how many of both it says otherwise who was treated, when or where. What one of both leaves open is no difference.

create or replace temp table replacements as
with facts as (
    select
        'procedures' as kind,
        typed_procedures.source_file_id,
        typed_procedures.source_row,
        typed_procedures.place,
        typed_procedures.patient_id as who,
        nullif(cast(typed_procedures.sex as varchar), 'unknown') as sex,
        cast(typed_procedures.age_value as double) as age,
        typed_procedures.performed_date as performed_on,
        typed_procedures.site
    from typed_procedures
    union all
    select
        'pain_scores' as kind,
        typed_pain_scores.source_file_id,
        typed_pain_scores.source_row,
        typed_pain_scores.place,
        typed_pain_scores.patient_id as who,
        null as sex,
        null as age,
        null as performed_on,
        null as site
    from typed_pain_scores
    union all
    select
        'complications' as kind,
        typed_complications.source_file_id,
        typed_complications.source_row,
        typed_complications.place,
        typed_complications.procedure_id as who,
        null as sex,
        null as age,
        null as performed_on,
        null as site
    from typed_complications
    union all
    select
        'contacts' as kind,
        typed_contacts.source_file_id,
        typed_contacts.source_row,
        typed_contacts.place,
        typed_contacts.procedure_id as who,
        null as sex,
        null as age,
        null as performed_on,
        null as site
    from typed_contacts
    union all
    select
        'people' as kind,
        typed_people.source_file_id,
        typed_people.source_row,
        typed_people.place,
        typed_people.patient_id as who,
        nullif(lower(typed_people.sex), 'unknown') as sex,
        date_diff('day', typed_people.born_date, date '2000-01-01') / 36525e-2 as age,
        null as performed_on,
        null as site
    from typed_people
    union all
    select
        'stays' as kind,
        typed_stays.source_file_id,
        typed_stays.source_row,
        typed_stays.place,
        typed_stays.patient_id as who,
        null as sex,
        null as age,
        null as performed_on,
        null as site
    from typed_stays
),

compared as (
    select
        contests.*,
        coalesce(news.who <> olds.who, false)
        or coalesce(news.sex <> olds.sex, false)
        or coalesce(abs(news.age - olds.age) > 2, false)
        or coalesce(abs(date_diff('day', news.performed_on, olds.performed_on)) > 3, false)
        or coalesce(news.site <> olds.site, false) as is_other
    from contests
    left join facts as news
        on
            contests.kind = news.kind
            and contests.new_file = news.source_file_id
            and contests.new_row = news.source_row
            and contests.new_place = news.place
    left join facts as olds
        on
            contests.kind = olds.kind
            and contests.old_file = olds.source_file_id
            and contests.old_row = olds.source_row
            and contests.old_place = olds.place
)

select
    compared.new_file as source_file_id,
    compared.old_file as earlier_file_id,
    count(*) filter (where not compared.is_lost) as rows,
    count(*) filter (where not compared.is_lost and compared.is_other) as identity_changed,
    count(*) filter (where compared.is_lost) as rows_lost,
    count(*) filter (where compared.is_lost and compared.is_other) as lost_identity_changed
from compared
group by compared.new_file, compared.old_file
order by compared.new_file, compared.old_file;
