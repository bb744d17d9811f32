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

-- Kept readings that stay in their files.
create temp table kept_files (name varchar, first integer, last integer, path varchar);

-- Rows that are no record, and what readers remark on others.
create temp table set_aside (
    source_file_id integer, source_row integer, source_line integer, field varchar, rule varchar
);

create temp table remarks_of_readers (source_file_id integer, source_row integer, source_line integer, rule varchar);

create temp table session_lines (source_file_id integer, source_row integer, source_line integer, first_row integer);
