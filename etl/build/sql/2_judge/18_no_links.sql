-- Nothing is linked: what 18_linked_numbers.sql finds, without rows.

create or replace temp table linked_procedures (source varchar, number varchar, link_group varchar);

create or replace temp table linked_people (source varchar, patient_id varchar, link_group varchar);
