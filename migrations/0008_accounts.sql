-- Accounts at payment companies: each consortium brings its own. What they sign in with is sealed.
CREATE TABLE provider_account (
    id TEXT NOT NULL PRIMARY KEY,
    consortium_id TEXT NOT NULL REFERENCES consortium (id),
    provider TEXT NOT NULL,
    base_url TEXT NOT NULL,
    -- The host that diners are told they will see.
    page_host TEXT NOT NULL,
    -- Sealed. NULL where the company has none.
    api_key TEXT NOT NULL,
    api_secret TEXT,
    webhook_secret TEXT,
    -- The unguessable part of the path that its notifications come to, sealed, and its SHA-256 to know it by.
    notify_secret TEXT NOT NULL,
    notify_digest TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    -- Not offered any more; what was paid there is still asked about and given back.
    disabled_at BIGINT
);

-- The account that a facility is paid through, and that an attempt was made with: the provider's name for the one that
-- the settings hold, or the id of one of the above.
ALTER TABLE facility_provider ADD COLUMN account TEXT;
UPDATE facility_provider SET account = provider;
-- Whose menus change with an account.
CREATE INDEX facility_provider_account ON facility_provider (account);
ALTER TABLE payment ADD COLUMN account TEXT;
UPDATE payment SET account = provider;
