/*
title = "Types of the columns of a generation"
grain = "one row per column"
*/
select
    columns.table_name,
    columns.column_name,
    columns.data_type
from duckdb_columns() as columns
where not columns.internal
