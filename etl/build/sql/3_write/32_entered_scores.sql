-- Scores that staff entered: whose they are, and which of them a sender tells of too.

-- Their rows name a person by a random key: that of any number the person goes by, also one that links join.
insert into entered_identities
select
    'entered' as source,
    cast(identities.key as varchar) as number,
    patient_identities.key,
    patient_identities.is_linked
from identities
inner join patient_identities
    on identities.source = patient_identities.source and identities.number = patient_identities.number
where
    identities.kind = 'patient'
    and cast(identities.key as varchar) in (
        select live_pain_scores.patient_id
        from live_pain_scores
        where live_pain_scores.source = 'entered'
    );

-- The same call: within two hours, or the same answer on the same day, of one person in one context.
create or replace temp table same_calls as
with told as (
    select
        live_pain_scores.source,
        live_pain_scores.source_file_id,
        live_pain_scores.source_row,
        live_pain_scores.source_line,
        live_pain_scores.place,
        patient_identities.key as patient_key,
        coalesce(live_pain_scores.context, cast('unspecified' as pain_context)) as context,
        live_pain_scores.measured_date,
        case when live_pain_scores.time_known then live_pain_scores.measured_utc end as measured_utc,
        live_pain_scores.score_value
    from live_pain_scores
    inner join patient_identities
        on
            live_pain_scores.source = patient_identities.source
            and live_pain_scores.patient_id = patient_identities.number
    where live_pain_scores.score_value is not null
)

select
    entered.source_file_id,
    entered.source_row,
    entered.source_line,
    entered.place,
    bool_or(entered.score_value <> sent.score_value) as is_other
from told as entered
inner join told as sent
    on
        entered.patient_key = sent.patient_key
        and entered.context = sent.context
        and (
            abs(date_diff('second', entered.measured_utc, sent.measured_utc)) <= 7200
            or (entered.measured_date = sent.measured_date and entered.score_value = sent.score_value)
        )
where entered.source = 'entered' and sent.source <> 'entered'
group by entered.source_file_id, entered.source_row, entered.source_line, entered.place;

insert into gone_pain_scores
select
    same_calls.source_file_id,
    same_calls.source_row,
    same_calls.place
from same_calls;

insert into replaced
select
    same_calls.source_file_id,
    same_calls.source_row,
    same_calls.source_line,
    'duplicate' as fate,
    'same_call' as reason
from same_calls;

insert into remarks_of_readers by name
select
    same_calls.source_file_id,
    same_calls.source_row,
    same_calls.source_line,
    'answers_disagree' as rule
from same_calls
where same_calls.is_other;
