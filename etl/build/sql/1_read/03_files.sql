-- Files, their senders, and rows that are no record. Rows come from the program.

create temp table sources (
    source varchar,
    is_synthetic boolean,
    complete_to date,
    deaths varchar,
    readmissions varchar,
    complications varchar,
    new_fractures varchar,
    sends_recovery boolean,
    sends_deaths boolean,
    sends_readmissions boolean,
    sends_complications boolean,
    sends_leaks boolean,
    sends_intended_stay boolean
);

create temp table files (source_file_id integer, source varchar, kinds varchar[], zone varchar, received_on date);

-- Kept readings that stay in their files, and the tables of readings that show them.
create temp table kept_files (name varchar, first integer, last integer, path varchar);

create temp table shown_readings (name varchar);

-- Files as the manifest names them, with what reading them told.
create temp table staged_files (
    source_file_id integer, source varchar, name varchar, folder varchar, kind varchar, sha256 varchar, time_zone varchar,
    received_at timestamp, encoding varchar, rows_read integer
);

-- Rows that are no record, and what readers remark on others.
create temp table set_aside (
    source_file_id integer, source_row integer, source_line integer, field varchar, rule varchar
);

create temp table remarks_of_readers (source_file_id integer, source_row integer, source_line integer, rule varchar);

create temp table session_lines (source_file_id integer, source_row integer, source_line integer, first_row integer);
