-- When a provider is to be asked next about a dispute, and how often in a row it was asked and did not
-- answer: it is asked again in minutes then, not tomorrow.
alter table dispute_question rename column asked_at to due_at;
alter table dispute_question add column unanswered smallint not null default 0
    check (unanswered >= 0);
update dispute_question set due_at = due_at + interval '20 hours';

alter table dispute_quarantine rename column asked_at to due_at;
alter table dispute_quarantine add column unanswered smallint not null default 0
    check (unanswered >= 0);
alter table dispute_quarantine alter column due_at set default now() + interval '20 hours';
update dispute_quarantine set due_at = due_at + interval '20 hours';
