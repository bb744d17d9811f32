-- Procedures that links join count as one: each field is of the source named first that records it.

create or replace temp table joined_procedures as
with ordered as (
    select
        live_procedures.*,
        linked_procedures.link_group,
        row_number() over (
            partition by linked_procedures.link_group
            order by
                source_order.place asc nulls last, live_procedures.source asc, live_procedures.source_file_id asc,
                live_procedures.source_row asc
        ) as turn
    from live_procedures
    inner join linked_procedures
        on
            live_procedures.source = linked_procedures.source
            and live_procedures.procedure_id = linked_procedures.number
    left join source_order on live_procedures.source = source_order.source
),

gathered as (
    select
        arg_min(columns(ordered.* exclude (link_group, turn, discharged_utc)), ordered.turn),
        -- A time of leaving goes with its day.
        arg_min([ordered.discharged_utc], ordered.turn) filter (ordered.discharged_date is not null)[1] as discharged_utc
    from ordered
    group by ordered.link_group
)

select *
from gathered;

create or replace temp view counted_procedures as
select live_procedures.*
from live_procedures
anti join linked_procedures
    on live_procedures.source = linked_procedures.source and live_procedures.procedure_id = linked_procedures.number
union all by name
select *
from joined_procedures;
