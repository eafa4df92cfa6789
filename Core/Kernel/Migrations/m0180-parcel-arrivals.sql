-- When the customer said that they have a parcel. Of one of which nobody said it, its order tells:
-- with the order all of its parcels have arrived.
alter table shipment add column arrived_at timestamptz;
