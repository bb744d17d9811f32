/*
title = "How each sending system knows of deaths"
grain = "one row per sending system"
*/
select
    senders.source,
    senders.deaths
from senders
