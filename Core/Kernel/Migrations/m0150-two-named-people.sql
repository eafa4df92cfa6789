-- A plan that needs two people is applied by somebody who has a name: whoever made it and whoever
-- approved it are two, and of what nobody made, whoever approved it does not apply it too. What was
-- applied before stays as it is.
alter table payout_plan add constraint payout_plan_applied_by_two check (
    state <> 'applied' or not needs_approval
    or (approved_by is not null and settled_by is not null
        and (made_by is not null or settled_by <> approved_by))) not valid;

-- When a provider was last asked to take a payout back and did not answer: until what was sent
-- cannot arrive any more, a refusal of what is sent after it says nothing of it.
alter table payout_reversal add column in_doubt_at timestamptz;
update payout_reversal set in_doubt_at = now() where state in ('sent', 'unknown');
