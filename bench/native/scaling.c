/* What plain threads gain on this machine: `scaling THREADS STEPS` does STEPS of arithmetic on THREADS threads, which claim them in pieces
 * as px's workers claim contexts, and prints the seconds from the first thread's start to the last one's end. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { most = 64, pieces = 256 };

typedef struct {
  uint64_t state;    /* its thread alone */
  char padding[120]; /* no two threads on one cache line */
} Job;

static atomic_int claimed;   /* pieces; relaxed: it guards no data */
static uint64_t piece_steps; /* written before the threads start */

static void* work(void* argument) {
  Job* job = argument;
  uint64_t x = job->state;
  while (atomic_fetch_add_explicit(&claimed, 1, memory_order_relaxed) < pieces) {
    for (uint64_t i = 0; i < piece_steps; i++) {
      x ^= x << 13;
      x ^= x >> 7;
      x ^= x << 17;
    }
  }
  job->state = x;
  return NULL;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char** argv) {
  static _Alignas(128) Job jobs[most];
  pthread_t threads[most];
  if (argc != 3) return 2;
  int count = atoi(argv[1]);
  uint64_t sum = 0;
  piece_steps = strtoull(argv[2], NULL, 10) / pieces;
  if (count < 1 || count > most) return 2;
  double start = now();
  for (int i = 0; i < count; i++) {
    jobs[i].state = 88172645463325252ull + (uint64_t)i;
    if (pthread_create(&threads[i], NULL, work, &jobs[i])) return 1;
  }
  for (int i = 0; i < count; i++) {
    pthread_join(threads[i], NULL);
    sum ^= jobs[i].state;
  }
  printf("%.9f %llx\n", now() - start, (unsigned long long)sum); /* the sum keeps the loop */
  return 0;
}
