-- What somebody who works here reads and hears is said in their language (BCP 47); empty: in English.
ALTER TABLE people ADD COLUMN language text NOT NULL DEFAULT '';
