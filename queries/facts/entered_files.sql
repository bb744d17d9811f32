/*
title = "Files of scores that were entered in the app and loaded"
grain = "one row per file"
*/
select source_files.name
from source_files
where source_files.source = 'entered'
