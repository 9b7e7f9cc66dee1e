SELECT `table`, kind, detail FROM (
    SELECT table_name AS `table`, '0 table' AS kind, 0 AS place,
        concat_ws(' ', engine, table_collation, row_format) AS detail
    FROM information_schema.tables WHERE table_schema = database()
    UNION ALL
    SELECT table_name, '1 column', ordinal_position,
        concat_ws(' ', column_name, column_type, collation_name,
            if(is_nullable = 'NO', 'NOT NULL', NULL), 'DEFAULT', column_default, extra)
    FROM information_schema.columns WHERE table_schema = database()
    UNION ALL
    SELECT table_name, '3 constraint', 0, concat_ws(' ', constraint_name, constraint_type)
    FROM information_schema.table_constraints WHERE table_schema = database()
    UNION ALL
    SELECT table_name, '3 foreign key', 0,
        concat_ws(' ', constraint_name, unique_constraint_name, referenced_table_name,
            update_rule, delete_rule)
    FROM information_schema.referential_constraints WHERE constraint_schema = database()
    UNION ALL
    SELECT table_name, '3 reference', 0,
        concat_ws(' ', constraint_name, ordinal_position, column_name, referenced_table_name,
            referenced_column_name)
    FROM information_schema.key_column_usage
    WHERE table_schema = database() AND referenced_table_name IS NOT NULL
    UNION ALL
    SELECT table_name, '3 check', 0, concat_ws(' ', constraint_name, check_clause)
    FROM information_schema.check_constraints WHERE constraint_schema = database()
    UNION ALL
    SELECT table_name, '4 index', 0,
        concat_ws(' ', index_name, if(non_unique, NULL, 'UNIQUE'), index_type, seq_in_index,
            column_name, sub_part, collation)
    FROM information_schema.statistics WHERE table_schema = database()
    UNION ALL
    SELECT event_object_table, '5 trigger', 0,
        concat_ws(' ', trigger_name, action_timing, event_manipulation, action_statement)
    FROM information_schema.triggers WHERE trigger_schema = database()
) AS entries
ORDER BY `table`, kind, place, detail
