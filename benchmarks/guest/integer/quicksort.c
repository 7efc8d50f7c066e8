// Quicksort (median of three, Hoare partition, insertion sort below 16): branches that depend on data.
#include "support/benchmark.h"

enum { COUNT = 60000, SMALL = 16 };
static int values[COUNT];

static void swap(int* a, int* b) {
  int t = *a;
  *a = *b;
  *b = t;
}

static void insertion_sort(int* first, int* last) {
  for (int* i = first + 1; i <= last; i++) {
    int value = *i, *hole = i;
    for (; hole > first && hole[-1] > value; hole--) *hole = hole[-1];
    *hole = value;
  }
}

static int median_of_three(int* first, int* last) {
  int* middle = first + (last - first) / 2;
  if (*middle < *first) swap(middle, first);
  if (*last < *first) swap(last, first);
  if (*last < *middle) swap(last, middle);
  return *middle;
}

static KERNEL void quicksort(int* first, int* last) {
  while (last - first >= SMALL) {
    int pivot = median_of_three(first, last);
    int *i = first, *j = last;
    while (i <= j) {
      while (*i < pivot) i++;
      while (pivot < *j) j--;
      if (i <= j) swap(i++, j--);
    }
    quicksort(first, j);
    first = i;
  }
  insertion_sort(first, last);
}

int main(int argc, char** argv) {
  uint64_t state = 1, sum = CHECKSUM_START;
  for (long r = repetitions(argc, argv); r > 0; r--) {
    for (int i = 0; i < COUNT; i++) values[i] = (int)(next_random(&state) >> 33);
    quicksort(values, values + COUNT - 1);
    for (int i = 1; i < COUNT; i++)
      if (values[i - 1] > values[i]) return 1;
    sum = fold_ints(sum, values, COUNT);
  }
  return print_checksum(sum);
}
