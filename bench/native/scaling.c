/* What plain threads gain on this machine: `scaling KERNEL SIZE CALLS THREADS` does CALLS calls of a kernel of bench/kernels, written here
 * in C, on THREADS threads, which claim the calls one by one as px's workers claim contexts, and prints the seconds from the first thread's
 * start to the last one's end. Cores that share caches or arithmetic units gain less on one kernel than on another: hence the same kernels. */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { most = 64, bodies = 5, pixels = 64, neighbours = 10 };

static uint64_t state = 88172645463325252ull; /* the main thread, before the others start */

static uint64_t draw(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static double uniform(double low, double high) { return low + (high - low) * (double)(draw() >> 11) * 0x1p-53; }

static double* uniforms(long count, double low, double high) {
  double* made = malloc((size_t)count * sizeof *made);
  for (long i = 0; i < count; i++) made[i] = uniform(low, high);
  return made;
}

/* Inputs, which no thread writes. */
static double *first, *second, *third;
static int64_t* integers;
static long size;

static double mandelbrot(void) {
  int64_t* counts = malloc((size_t)(size * size) * sizeof *counts);
  for (long y = 0; y < size; y++) {
    double ci = -1.25 + 2.5 * (double)y / (double)size;
    for (long x = 0; x < size; x++) {
      double cr = -2.0 + 2.75 * (double)x / (double)size, zr = 0, zi = 0;
      int64_t n = 0;
      while (n < 100 && zr * zr + zi * zi < 4.0) {
        double t = zr * zr - zi * zi + cr;
        zi = 2.0 * zr * zi + ci;
        zr = t;
        n++;
      }
      counts[y * size + x] = n;
    }
  }
  double sum = (double)counts[size * size / 2];
  free(counts);
  return sum;
}

static double nbody(void) {
  double p[bodies][3], v[bodies][3];
  memcpy(p, first, sizeof p);
  memcpy(v, second, sizeof v);
  for (long step = 0; step < size; step++) {
    for (int i = 0; i < bodies; i++) {
      for (int j = i + 1; j < bodies; j++) {
        double dx = p[i][0] - p[j][0], dy = p[i][1] - p[j][1], dz = p[i][2] - p[j][2];
        double square = dx * dx + dy * dy + dz * dz, pull = 1e-6 / (square * sqrt(square));
        v[i][0] -= dx * third[j] * pull;
        v[i][1] -= dy * third[j] * pull;
        v[i][2] -= dz * third[j] * pull;
        v[j][0] += dx * third[i] * pull;
        v[j][1] += dy * third[i] * pull;
        v[j][2] += dz * third[i] * pull;
      }
    }
    for (int i = 0; i < bodies; i++)
      for (int k = 0; k < 3; k++) p[i][k] += 1e-6 * v[i][k];
  }
  return p[0][0];
}

static double normal(double x) { return 0.5 * (1.0 + erf(x / sqrt(2.0))); }

static double black_scholes(void) {
  double *calls = malloc((size_t)size * sizeof *calls), *puts = malloc((size_t)size * sizeof *puts);
  for (long i = 0; i < size; i++) {
    double spread = 0.3 * sqrt(third[i]);
    double d1 = (log(first[i] / second[i]) + (0.02 + 0.5 * 0.3 * 0.3) * third[i]) / spread, d2 = d1 - spread;
    double discounted = second[i] * exp(-0.02 * third[i]);
    calls[i] = first[i] * normal(d1) - discounted * normal(d2);
    puts[i] = discounted * normal(-d2) - first[i] * normal(-d1);
  }
  double sum = calls[size / 2] + puts[size / 2];
  free(calls);
  free(puts);
  return sum;
}

static double sieve(void) {
  bool* prime = malloc((size_t)size + 1);
  memset(prime, 1, (size_t)size + 1);
  long count = 0;
  for (long i = 2; i <= size; i++) {
    if (!prime[i]) continue;
    count++;
    for (long multiple = i * i; multiple <= size; multiple += i) prime[multiple] = false;
  }
  free(prime);
  return (double)count;
}

static void sort_range(int64_t* a, long low, long high) {
  while (low < high) {
    int64_t pivot = a[(low + high) / 2];
    long i = low, j = high;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (a[j] > pivot) j--;
      if (i <= j) {
        int64_t kept = a[i];
        a[i++] = a[j];
        a[j--] = kept;
      }
    }
    if (j - low < high - i) {
      sort_range(a, low, j);
      low = i;
    } else {
      sort_range(a, i, high);
      high = j;
    }
  }
}

static double quicksort(void) {
  int64_t* a = malloc((size_t)size * sizeof *a);
  memcpy(a, integers, (size_t)size * sizeof *a);
  sort_range(a, 0, size - 1);
  double middle = (double)a[size / 2];
  free(a);
  return middle;
}

static double matmul(void) {
  double* product = calloc((size_t)(size * size), sizeof *product);
  for (long i = 0; i < size; i++) {
    for (long j = 0; j < size; j++) {
      double total = 0;
      for (long k = 0; k < size; k++) total += first[i * size + k] * second[k * size + j];
      product[i * size + j] = total;
    }
  }
  double sum = product[size / 2];
  free(product);
  return sum;
}

static double knn(void) {
  double distances[neighbours], sum = 0;
  long nearest[neighbours];
  for (long i = 0; i < size; i++) {
    long found = 0;
    for (long j = 0; j < size; j++) {
      if (i == j) continue;
      double worst = found == neighbours ? distances[neighbours - 1] : INFINITY, distance = 0;
      for (int k = 0; k < pixels; k++) {
        double step = first[i * pixels + k] - first[j * pixels + k];
        distance += step * step;
        if (distance >= worst) break;
      }
      if (distance < worst) {
        if (found < neighbours) found++;
        long place = found - 1;
        for (; place > 0 && distances[place - 1] > distance; place--) {
          distances[place] = distances[place - 1];
          nearest[place] = nearest[place - 1];
        }
        distances[place] = distance;
        nearest[place] = j;
      }
    }
    sum += (double)nearest[0];
  }
  return sum;
}

static const struct {
  const char* name;
  double (*call)(void);
} kernels[] = {{"mandelbrot", mandelbrot}, {"nbody", nbody},   {"black_scholes", black_scholes}, {"sieve", sieve},
               {"quicksort", quicksort},   {"matmul", matmul}, {"knn", knn}};

static void make_inputs(const char* name) {
  if (!strcmp(name, "nbody")) {
    first = uniforms(3 * bodies, -10, 10), second = uniforms(3 * bodies, -1, 1), third = uniforms(bodies, 0, 1);
  } else if (!strcmp(name, "black_scholes")) {
    first = uniforms(size, 5, 30), second = uniforms(size, 1, 100), third = uniforms(size, 0.25, 10);
  } else if (!strcmp(name, "quicksort")) {
    integers = malloc((size_t)size * sizeof *integers);
    for (long i = 0; i < size; i++) integers[i] = (int64_t)(draw() >> 23);
  } else if (!strcmp(name, "matmul")) {
    first = uniforms(size * size, -2, 2), second = uniforms(size * size, -2, 2);
  } else if (!strcmp(name, "knn")) {
    first = uniforms(size * pixels, 0, 16);
    for (long i = 0; i < size * pixels; i++) first[i] = floor(first[i]);
  }
}

static double (*kernel)(void);
static long calls;          /* written before the threads start */
static atomic_long claimed; /* calls; relaxed: it guards no data */

typedef struct {
  double sum;        /* its thread alone */
  char padding[120]; /* no two threads on one cache line */
} Job;

static void* work(void* argument) {
  Job* job = argument;
  double sum = 0;
  while (atomic_fetch_add_explicit(&claimed, 1, memory_order_relaxed) < calls) sum += kernel();
  job->sum = sum;
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
  if (argc != 5) return 2;
  size = atol(argv[2]), calls = atol(argv[3]);
  int count = atoi(argv[4]);
  for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++)
    if (!strcmp(kernels[k].name, argv[1])) kernel = kernels[k].call;
  if (!kernel || size < 0 || calls < 1 || count < 1 || count > most) return 2;
  make_inputs(argv[1]);
  double sum = kernel(); /* pages and caches are warm, as they are in px's rounds */
  double start = now();
  for (int i = 0; i < count; i++)
    if (pthread_create(&threads[i], NULL, work, &jobs[i])) return 1;
  for (int i = 0; i < count; i++) {
    pthread_join(threads[i], NULL);
    sum += jobs[i].sum;
  }
  printf("%.9f %g\n", now() - start, sum); /* the sum keeps the loops */
  return 0;
}
