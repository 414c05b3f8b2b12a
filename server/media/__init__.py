"""RTP header view, packet history, renumbering, feedback, loudest speakers: pure, no clock, no I/O."""
