DROP TABLE vice_tombstones;
