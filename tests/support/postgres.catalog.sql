WITH owned AS (
    SELECT oid, relname AS "table" FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
)
SELECT "table", kind, detail FROM (
    SELECT "table", '1 column' AS kind,
        row_number() OVER (PARTITION BY "table" ORDER BY attnum) AS place,
        concat_ws(' ',
            attname,
            format_type(atttypid, atttypmod),
            CASE WHEN attcollation <> typcollation THEN 'COLLATE ' || attcollation::regcollation END,
            CASE WHEN attnotnull THEN 'NOT NULL' END,
            'DEFAULT ' || pg_get_expr(adbin, adrelid),
            'IDENTITY ' || nullif(attidentity::text, '')
        ) AS detail
    FROM owned
    JOIN pg_attribute ON attrelid = owned.oid AND attnum > 0 AND NOT attisdropped
    JOIN pg_type ON pg_type.oid = atttypid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    UNION ALL
    SELECT "table", '2 sequence', 0,
        concat_ws(' ', seqrelid::regclass, format_type(seqtypid, NULL), seqstart, seqincrement,
            seqmin, seqmax, seqcache, seqcycle, deptype)
    FROM owned
    JOIN pg_depend ON refobjid = owned.oid AND classid = 'pg_class'::regclass
    JOIN pg_sequence ON seqrelid = objid
    UNION ALL
    SELECT "table", '3 constraint', 0,
        concat_ws(' ', conname, pg_get_constraintdef(pg_constraint.oid), NOT convalidated)
    FROM owned
    JOIN pg_constraint ON conrelid = owned.oid AND contype <> 'n'
    UNION ALL
    SELECT "table", '4 index', 0, concat_ws(' ', pg_get_indexdef(indexrelid), NOT indisvalid)
    FROM owned
    JOIN pg_index ON indrelid = owned.oid
    UNION ALL
    SELECT "table", '5 trigger', 0, pg_get_triggerdef(pg_trigger.oid)
    FROM owned
    JOIN pg_trigger ON tgrelid = owned.oid AND NOT tgisinternal
) AS entries
ORDER BY "table" COLLATE "C", kind, place, detail COLLATE "C"
