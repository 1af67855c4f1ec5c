-- Photos that belong to a case. The pictures themselves are in the file store, under keys that follow
-- from these two columns; which note shows them, and so who may see them, stands in the timeline.
CREATE TABLE photos (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- the order in which they grow old
    case_id   bigint NOT NULL REFERENCES cases,
    name      text NOT NULL,           -- the digest of the picture
    begun_at  timestamptz NOT NULL,    -- the machine's time, before anything was put in the store
    kept_at   timestamptz,             -- null: nothing shows it, or no longer; it is swept
    UNIQUE (case_id, name)
);
CREATE INDEX photos_orphans ON photos (begun_at) WHERE kept_at IS NULL;
