-- Menus. Names are JSON objects by language; facility.menu_version grows with every change here.
CREATE TABLE category (
    id TEXT NOT NULL PRIMARY KEY,
    facility_id TEXT NOT NULL REFERENCES facility (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL
);
CREATE INDEX category_of_facility ON category (facility_id, position);

CREATE TABLE item (
    id TEXT NOT NULL PRIMARY KEY,
    facility_id TEXT NOT NULL REFERENCES facility (id),
    category_id TEXT NOT NULL REFERENCES category (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    label TEXT,
    price BIGINT NOT NULL CHECK (price >= 0),
    takeout_price BIGINT CHECK (takeout_price >= 0),
    tax_class TEXT NOT NULL,
    alcohol BIGINT NOT NULL CHECK (alcohol IN (0, 1)),
    allergens TEXT NOT NULL,
    picture TEXT,
    sold_out BIGINT NOT NULL CHECK (sold_out IN (0, 1)),
    sold_out_until BIGINT,
    portions BIGINT CHECK (portions >= 0)
);
CREATE INDEX item_of_facility ON item (facility_id, category_id, position);

CREATE TABLE option_group (
    id TEXT NOT NULL PRIMARY KEY,
    facility_id TEXT NOT NULL REFERENCES facility (id),
    name TEXT NOT NULL,
    fewest BIGINT NOT NULL CHECK (fewest >= 0),
    most BIGINT NOT NULL CHECK (most >= fewest)
);
CREATE INDEX option_group_of_facility ON option_group (facility_id);

CREATE TABLE item_option_group (
    facility_id TEXT NOT NULL REFERENCES facility (id),
    item_id TEXT NOT NULL REFERENCES item (id),
    group_id TEXT NOT NULL REFERENCES option_group (id),
    position BIGINT NOT NULL,
    PRIMARY KEY (item_id, group_id)
);
CREATE INDEX item_option_group_of_facility ON item_option_group (facility_id);

CREATE TABLE menu_option (
    id TEXT NOT NULL PRIMARY KEY,
    facility_id TEXT NOT NULL REFERENCES facility (id),
    group_id TEXT NOT NULL REFERENCES option_group (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    price BIGINT NOT NULL CHECK (price >= 0),
    contains TEXT NOT NULL,
    sold_out BIGINT NOT NULL CHECK (sold_out IN (0, 1))
);
CREATE INDEX menu_option_of_facility ON menu_option (facility_id, group_id, position);

-- Consumption tax by kind and first moment of validity, in basis points. The reduced rate of 1 % from 2027-04-01 is as
-- announced in 2026; correct the row when the law says otherwise.
CREATE TABLE tax_rate (
    kind TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    basis_points BIGINT NOT NULL,
    PRIMARY KEY (kind, valid_from)
);
INSERT INTO tax_rate (kind, valid_from, basis_points) VALUES
    ('standard', 1569855600000, 1000),
    ('reduced', 1569855600000, 800),
    ('reduced', 1806505200000, 100);
