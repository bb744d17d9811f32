/*
title = "How each sending system knows of deaths and other later events"
grain = "one row per sending system"
*/
select
    senders.source,
    senders.deaths,
    senders.readmissions,
    senders.complications,
    senders.new_fractures
from senders
