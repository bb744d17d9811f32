-- Which timepoint every accepted score serves, and if none, why not. METRICS.md, "Timepoints".

-- `slot` is what a score is a candidate for: 0 the baseline, else the window of this number; `reason` why for nothing.
-- `answer_slot` is the same of what else was answered, also in a row without a score.
create or replace temp table weighed_scores as
with placed as (
    select
        score_roles.score_key,
        score_roles.procedure_no,
        score_roles.role,
        keyed_scores.measured_utc,
        keyed_scores.time_known,
        keyed_scores.score_value,
        keyed_scores.context_value,
        /*each pain_scores weighed: keyed_scores.{typed},*/
        keyed_scores.label,
        keyed_scores.updated_utc,
        keyed_scores.sender_number,
        keyed_procedures.performed_date,
        source_as_of.as_of,
        keyed_scores.time_known and keyed_procedures.started_utc is not null as times_known,
        date_diff('day', keyed_procedures.performed_date, keyed_scores.measured_date) as offset_days,
        date_diff('second', keyed_procedures.anchor_utc, keyed_scores.measured_utc) as offset_seconds
    from score_roles
    inner join keyed_scores on score_roles.score_key = keyed_scores.score_key
    inner join keyed_procedures on score_roles.procedure_no = keyed_procedures.procedure_no
    inner join source_as_of on keyed_procedures.clock = source_as_of.source
),

windowed as (
    select
        placed.*,
        coalesce(by_date.window_no, by_label.window_no) as window_no,
        coalesce(by_date.last_day, by_label.last_day) as window_last_day,
        coalesce(by_date.target_seconds, by_label.target_seconds) as target_seconds
    from placed
    left join window_days as by_date
        on placed.role = 'after' and placed.offset_days = by_date.day
    left join windows as by_label
        on placed.role = 'undated' and placed.label = by_label.timepoint
),

standings as (
    select
        windowed.*,
        case
            when windowed.role = 'earlier' then 'after_retreatment'
            when windowed.role = 'unclear' then 'ambiguous_same_day'
            when windowed.role = 'before'
                then
                    case when windowed.offset_days >= -lookback.days then 'baseline' else 'before_window' end
            when windowed.role = 'undated' and windowed.label = 'baseline' then 'baseline'
            when windowed.window_no is not null
                then
                    case
                        when windowed.as_of > windowed.performed_date + cast(windowed.window_last_day as integer)
                            then 'window'
                        else 'window_open'
                    end
            when windowed.offset_days = 0 then 'same_day_after'
            when windowed.offset_days > lookback.latest_day then 'after_last_window'
            else 'between_windows'
        end as standing
    from windowed
    cross join lookback
)

select
    standings.score_key,
    standings.procedure_no,
    standings.role,
    standings.window_no,
    case standings.standing when 'baseline' then 0 when 'window' then standings.window_no end as answer_slot,
    case when standings.score_value is not null then answer_slot end as slot,
    cast(
        case
            when standings.score_value is null then 'not_recorded'
            when standings.standing not in ('baseline', 'window') then standings.standing
        end as assignment_reason
    ) as reason,
    standings.offset_days,
    standings.offset_seconds,
    abs(standings.offset_seconds - standings.target_seconds) as distance,
    standings.times_known,
    standings.time_known,
    standings.measured_utc,
    standings.score_value,
    standings.context_value,
    /*each pain_scores weighed: standings.{typed},*/
    standings.updated_utc,
    standings.sender_number
from standings;

-- The baseline: the latest score before the start; undated ones only where no dated one is.
create or replace temp table baselines as
with ranked as (
    select
        weighed_scores.procedure_no,
        weighed_scores.score_key,
        weighed_scores.score_value,
        weighed_scores.context_value,
        weighed_scores.offset_days,
        weighed_scores.offset_seconds,
        weighed_scores.times_known,
        row_number() over (
            partition by weighed_scores.procedure_no
            order by
                weighed_scores.measured_utc desc nulls last,
                context_order.place asc,
                weighed_scores.updated_utc desc nulls last,
                weighed_scores.sender_number asc,
                weighed_scores.score_key asc
        ) as place
    from weighed_scores
    inner join context_order on weighed_scores.context_value = context_order.context
    where weighed_scores.slot = 0
)

select
    ranked.procedure_no,
    ranked.score_key,
    ranked.score_value as baseline,
    ranked.context_value as context,
    -ranked.offset_days as days_before,
    case when ranked.times_known then ranked.offset_seconds / 3600e0 end as offset_hours
from ranked
where ranked.place = 1;

-- After the procedure: nearest to the target within the context of the baseline; undated ones only where no dated one is.
create or replace temp table nearest_scores as
with ranked as (
    select
        weighed_scores.procedure_no,
        weighed_scores.window_no,
        weighed_scores.score_key,
        weighed_scores.score_value,
        weighed_scores.offset_seconds,
        weighed_scores.times_known,
        row_number() over (
            partition by weighed_scores.procedure_no, weighed_scores.window_no
            order by
                weighed_scores.measured_utc is null asc,
                weighed_scores.distance asc,
                weighed_scores.measured_utc asc,
                context_order.place asc,
                weighed_scores.updated_utc desc nulls last,
                weighed_scores.sender_number asc,
                weighed_scores.score_key asc
        ) as place
    from weighed_scores
    inner join context_order on weighed_scores.context_value = context_order.context
    left join baselines on weighed_scores.procedure_no = baselines.procedure_no
    where
        weighed_scores.slot > 0
        and (baselines.context is null or baselines.context = weighed_scores.context_value)
)

select
    ranked.procedure_no,
    ranked.window_no,
    ranked.score_key,
    ranked.score_value as score,
    case when ranked.times_known then ranked.offset_seconds / 3600e0 end as offset_hours
from ranked
where ranked.place = 1;

-- What else was answered, before and at each timepoint: of each field the answer that is nearest to the target, before
-- the procedure the latest; in whatever context, and whether pain was answered with it or not.
create or replace temp table window_answers as
with ranked as (
    select
        weighed_scores.procedure_no,
        weighed_scores.answer_slot,
        /*each pain_scores weighed: weighed_scores.{typed},*/
        row_number() over (
            partition by weighed_scores.procedure_no, weighed_scores.answer_slot
            order by
                weighed_scores.measured_utc is null asc,
                case when weighed_scores.answer_slot = 0 then -weighed_scores.offset_seconds else weighed_scores.distance end
                asc,
                weighed_scores.measured_utc asc,
                context_order.place asc,
                weighed_scores.updated_utc desc nulls last,
                weighed_scores.sender_number asc,
                weighed_scores.score_key asc
        ) as place
    from weighed_scores
    inner join context_order on weighed_scores.context_value = context_order.context
    where
        weighed_scores.answer_slot is not null
        and (
            false
            /*each pain_scores weighed: or weighed_scores.{typed} is not null*/
        )
)

select
    /*each pain_scores weighed: arg_min(ranked.{typed}, ranked.place) as {typed},*/
    ranked.procedure_no,
    ranked.answer_slot as slot
from ranked
group by ranked.procedure_no, ranked.answer_slot;

insert into score_assignments
with judged as (
    select
        weighed_scores.score_key as score_id,
        weighed_scores.procedure_no,
        keyed_procedures.procedure_key as procedure_id,
        case
            when weighed_scores.score_key = baselines.score_key and weighed_scores.slot = 0 then 'baseline'
            when weighed_scores.score_key = nearest_scores.score_key then windows.timepoint
        end as timepoint,
        weighed_scores.offset_seconds / 3600e0 as offset_hours,
        weighed_scores.offset_days,
        cast(
            case
                when weighed_scores.slot = 0
                    then
                        case when weighed_scores.score_key = baselines.score_key then 'used' else 'not_nearest' end
                when weighed_scores.slot > 0
                    then
                        case
                            when weighed_scores.score_key = nearest_scores.score_key then 'used'
                            when baselines.context <> weighed_scores.context_value then 'other_context'
                            else 'not_nearest'
                        end
            end as assignment_reason
        ) as reason_of_candidate,
        weighed_scores.reason
    from weighed_scores
    inner join keyed_procedures on weighed_scores.procedure_no = keyed_procedures.procedure_no
    left join baselines on weighed_scores.procedure_no = baselines.procedure_no
    left join nearest_scores
        on
            weighed_scores.procedure_no = nearest_scores.procedure_no
            and weighed_scores.slot = nearest_scores.window_no
    left join windows on nearest_scores.window_no = windows.window_no
),

combined as (
    select
        judged.score_id,
        judged.procedure_no,
        judged.procedure_id,
        judged.timepoint,
        judged.offset_hours,
        judged.offset_days,
        coalesce(judged.reason, judged.reason_of_candidate) as reason
    from judged
    union all
    select
        homeless_scores.score_key as score_id,
        null as procedure_no,
        null as procedure_id,
        null as timepoint,
        null as offset_hours,
        null as offset_days,
        cast(
            case when homeless_scores.score_value is null then 'not_recorded' else 'no_procedure' end
            as assignment_reason
        ) as reason
    from homeless_scores
)

select
    combined.score_id,
    combined.procedure_id,
    combined.timepoint,
    combined.offset_hours,
    combined.offset_days,
    combined.reason
from combined
order by combined.score_id, combined.procedure_no;
