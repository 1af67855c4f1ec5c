-- In which language a message is written, and which one the customer chose on their page: it counts
-- more than the order's, whatever later orders and couriers say.
ALTER TABLE messages ADD COLUMN language text NOT NULL DEFAULT 'en';
ALTER TABLE shipments ADD COLUMN chosen_language text;
