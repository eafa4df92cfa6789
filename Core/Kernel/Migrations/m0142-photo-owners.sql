-- Whose a photo is that a customer sent: it counts among what that person has waiting, and is
-- erased with the person. A shop's has a seller; one from before photos were made has neither.
alter table media
    add column account_id uuid references account,
    -- when it was last sent, for as long as no review shows it: it is forgotten a day later
    add column loose_since timestamptz,
    add constraint media_owner_one check (seller_id is null or account_id is null) not valid;
create index media_account on media (account_id) where account_id is not null;
create index media_loose on media (loose_since) where loose_since is not null;

-- Those that came with a review are the reviewer's. What an older thing of a shop was shown with
-- stays nobody's.
update media m set account_id = (
    select r.account_id from review_photo p join review r on r.id = p.review_id
    where p.content_hash = m.content_hash and r.account_id is not null
    order by r.created_at, r.id limit 1)
where m.seller_id is null
    and exists (
        select from review_photo p join review r on r.id = p.review_id
        where p.content_hash = m.content_hash
            and m.created_at > r.created_at - interval '1 hour')
    and not exists (select from listing_image i where i.content_hash = m.content_hash);
