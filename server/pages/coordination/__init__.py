"""Pages for whoever looks after many: a mentor's caseload, a coordinator's programme, exports, the audit."""
