#include "test/thread_limit.h"

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <limits>

namespace {

constexpr int kNoLimit = std::numeric_limits<int>::max();
std::atomic<int> left{kNoLimit};

}  // namespace

namespace selfcorrect::test {

void limit_threads(int count) { left = count; }
void unlimit_threads() { left = kNoLimit; }

}  // namespace selfcorrect::test

// Found before that of the C library (and of a sanitizer, which it calls).
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                              void* argument) {
  if (left != kNoLimit && left-- <= 0) return EAGAIN;
  static const auto next = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
  return next(thread, attributes, start, argument);
}
