-- How often everything ended that was signed in as the account. A session keeps the number that it
-- was begun under and opens nothing under another one, whatever Redis still holds of it.
alter table account add column access_epoch bigint not null default 0;
