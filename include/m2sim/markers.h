/* Marks parts of a program for `m2sim run --roi-markers`, in C and C++. A marker is one instruction of the
 * hint space that has no meaning: a processor takes it for a nop, and it changes no register. A region is a
 * number from 0 to 15, known when the program is compiled:
 *
 *   m2sim_region_begin(0);
 *   work();
 *   m2sim_region_end(0);
 */
#ifndef M2SIM_MARKERS_H
#define M2SIM_MARKERS_H

/* The compiler moves no access to memory across a marker; it may move arithmetic. */
#if defined(__aarch64__)
#define m2sim_region_begin(n) __asm__ volatile("hint #(96 + %c0)" : : "i"(n) : "memory")
#define m2sim_region_end(n) __asm__ volatile("hint #(112 + %c0)" : : "i"(n) : "memory")
#else
#define m2sim_region_begin(n) ((void)(n))
#define m2sim_region_end(n) ((void)(n))
#endif

#endif
