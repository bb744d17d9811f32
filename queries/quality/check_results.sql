/*
title = "Results of the checks"
grain = "one row per check"
*/
select
    check_results.check_id,
    check_results.status,
    check_results.violations,
    check_results.examined
from check_results
