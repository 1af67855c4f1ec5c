-- Authentic messages of couriers that are about no parcel of ours, counted by what they call
-- themselves: other people's news, the pings of a registration, test events.
CREATE TABLE other_news (
    account_id bigint NOT NULL,
    type       text NOT NULL,
    events     bigint NOT NULL,
    first_at   timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    PRIMARY KEY (account_id, type)
);
