-- Which metric has which number in this generation, and what gave its answers.
insert into answer_versions values ($metric, $metric_no, $sql_hash)
