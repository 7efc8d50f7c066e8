// Time, and how fast the core's clock runs: from a chain of additions, each of which takes one cycle.
#pragma once

// Seconds from some moment on.
double seconds_now(void);

// What the core's clock runs at just now, in GHz. Takes about a millisecond.
double clock_ghz_now(void);

// Keeps the core busy until its clock no longer rises, some ten milliseconds.
void wait_for_steady_clock(void);
