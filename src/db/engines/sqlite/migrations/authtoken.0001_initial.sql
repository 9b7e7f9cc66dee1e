CREATE TABLE "authtoken_token" ("key" varchar(40) NOT NULL PRIMARY KEY, "created" datetime NOT NULL, "user_id" {user_id} NOT NULL UNIQUE REFERENCES {users} ({id}) DEFERRABLE INITIALLY DEFERRED);
