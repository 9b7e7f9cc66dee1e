CREATE TABLE `authtoken_token` (`key` varchar(40) NOT NULL PRIMARY KEY, `created` datetime(6) NOT NULL, `user_id` {user_id} NOT NULL UNIQUE);
ALTER TABLE `authtoken_token` ADD CONSTRAINT {fk} FOREIGN KEY (`user_id`) REFERENCES {users} ({id});
