-- Reading text. A regular expression stands before each cast, because casts accept far more than people mean
-- ('7.6' as an integer is 8, '0x10' is 16, 'infinity' is a date).

create or replace temp macro as_date(written) as (
    case
        when regexp_full_match(written, '[0-9]{4}-[0-9]{2}-[0-9]{2}') then try_cast(written as date)
    end
);

create or replace temp macro as_local_time(written) as (
    case
        when regexp_full_match(written, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.]00000[12])?)?')
            then try_cast(written as timestamp)
    end
);

create or replace temp macro as_number(written) as (
    case
        when regexp_full_match(written, '-?[0-9]{1,6}([.][0-9]{1,3}0*)?') then try_cast(written as decimal(9, 3))
    end
);

create or replace temp macro as_whole(written) as (
    case
        when regexp_full_match(written, '-?[0-9]{1,6}([.]0+)?') then cast(try_cast(written as decimal(9, 3)) as integer)
    end
);

-- A step of a scale in whole numbers.
create or replace temp macro as_grade(written, lowest, highest) as (
    case when as_whole(written) between lowest and highest then cast(as_whole(written) as utinyint) end
);

-- What a row says of its own standing: nothing; withdrawn; or, by a mapping, a status that is not loaded or not final,
-- or that it is a procedure but not the treatment.
create or replace temp macro is_taken_back(status) as (lower(status) in ('withdrawn', 'not_loaded', 'other_measure') is true);

create or replace temp macro is_not_loaded(status) as (lower(status) in ('not_loaded', 'other_measure') is true);

create or replace temp macro is_strange_status(status) as (
    status is not null and lower(status) not in ('withdrawn', 'not_loaded', 'other_measure', 'preliminary')
);

create or replace temp macro as_yes_no(written) as (
    case lower(written) when 'yes' then true when 'no' then false end
);

-- Local wall time to an instant. Where clocks go back an hour happens twice: the first is meant (as zoneinfo with fold 0),
-- unless reading the text left a mark: a microsecond for the first of the two, two for the second.
-- Where clocks go forward the hour that never was is read with the offset before the change: facts are null there
-- (`real_utc`), only the order of versions is not.
create or replace temp macro mark_of(local_at) as (microsecond(local_at) % 1000000);

-- Clocks change at night; for the rest of the day one conversion is enough.
create or replace temp macro is_night(local_at) as (hour(local_at) < 5 or hour(local_at) >= 22);

create or replace temp macro first_instant(local_at, zone) as (
    case
        when timezone(zone, timezone(zone, local_at) - interval 1 hour) = local_at
            then timezone(zone, local_at) - interval 1 hour
        when timezone(zone, timezone(zone, local_at) - interval 30 minute) = local_at
            then timezone(zone, local_at) - interval 30 minute
        else timezone(zone, local_at)
    end
);

create or replace temp macro as_utc(local_at, zone) as timezone('UTC', case
    when not is_night(local_at) then timezone(zone, local_at)
    when mark_of(local_at) = 2 then timezone(zone, local_at) - interval 2 microsecond
    else first_instant(date_trunc('millisecond', local_at), zone)
end);

-- Whether clocks went back at this hour and nothing says which of the two it was.
create or replace temp macro clock_changed(local_at, zone) as (
    case
        when is_night(local_at) and mark_of(local_at) = 0
            then
                timezone(zone, timezone(zone, local_at) - interval 1 hour) = local_at
                or timezone(zone, timezone(zone, local_at) - interval 30 minute) = local_at
                or timezone(zone, timezone(zone, local_at) + interval 30 minute) = local_at
                or timezone(zone, timezone(zone, local_at) + interval 1 hour) = local_at
        else false
    end
);

-- Whether clocks went forward over this time: no clock ever showed it.
create or replace temp macro never_was(local_at, zone) as (
    case
        when is_night(local_at) and mark_of(local_at) = 0 then timezone(zone, timezone(zone, local_at)) <> local_at
        else false
    end
);

-- Local wall time to UTC, null where no clock ever showed it.
create or replace temp macro real_utc(local_at, zone) as (
    case when not never_was(local_at, zone) then as_utc(local_at, zone) end
);

create or replace temp macro hours_between(earlier, later) as (epoch(later) - epoch(earlier)) / 3600e0;

-- A value of a closed list: null stays null, a value that the list does not know becomes 'unknown'.
create or replace temp macro as_choice(written, known) as (
    case when written is null then null when known is null then 'unknown' else cast(known as varchar) end
);

-- Something is written that is no value of its column.
create or replace temp macro is_unread(written, known) as (written is not null and known is null);

-- A long number that a spreadsheet has rounded, such as 1.23457E+11: what it was is lost.
create or replace temp macro is_rounded_number(written) as (
    case
        when contains(written, 'E') or contains(written, 'e')
            then
                regexp_full_match(written, '[+-]?[0-9]([.,][0-9]+)?[eE][+-]?[0-9]{1,3}')
                and regexp_matches(written, '[.,+]')
        else false
    end
);

-- What a spreadsheet shows where it has no value: an error, or a formula that was never computed.
create or replace temp macro is_spreadsheet_error(written) as (
    starts_with(written, '#')
    and regexp_full_match(lower(written), '#(ref|value|name|num|div/0|n/a|null|spill|calc|getting_data|formula)[!?]?')
) is true;

-- What people and systems write where there is no number: a word, nothing but signs, zeros, x, one digit seven times, a
-- number below zero, or a test with a number. A number with two different digits is none of these, which is asked first.
create or replace temp macro stands_for_none(written) as (
    case
        when written is null or strlen(written) > 20 then false
        when starts_with(written, '-') and regexp_full_match(written, '-[0-9]{1,4}') then true
        when starts_with(lower(written), 'test') and regexp_full_match(lower(written), 'test[ _-]?(patient|case)?[ _-]?[0-9]*')
            then true
        when regexp_matches(written, '[1-9]')
            then
                strlen(written) >= 7
                and regexp_full_match(
                    written,
                    '(1[ ./_-]*){7,}|(2[ ./_-]*){7,}|(3[ ./_-]*){7,}|(4[ ./_-]*){7,}|(5[ ./_-]*){7,}|(6[ ./_-]*){7,}'
                    || '|(7[ ./_-]*){7,}|(8[ ./_-]*){7,}|(9[ ./_-]*){7,}'
                )
        else
            is_spreadsheet_error(written)
            or regexp_full_match(
                translate(lower(written), ' ./_-()?*#!', ''),
                '0*|xx+|unknown|unkn?|none|null|nil|na|nan|missing|not(available|known|applicable|recorded|onfile|given)|no(number|mrn|id)'
                || '|tbd|tba|tbc|temp|pending|test|testpatient|patienttest|testcase|dummy|anonym(ous|e|o|isiert)?|anon|unidentified|refused|seenotes?'
                || '|unbekannt|keiner?|ohne|ka|nn|inconnue?|sans|aucune?|desconocid[oa]|ningun[oa]|desconhecid[oa]|nenhuma?'
                || '|sconosciut[oa]|nessun[oa]|onbekend|geen'
            )
    end
);
