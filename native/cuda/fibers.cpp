#include "cuda/fibers.h"

#include <ucontext.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#elif defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif
// What is below is of no fiber.
#define SC_UNWATCHED __attribute__((no_sanitize_thread))

namespace selfcorrect::emulation {

namespace {

constexpr size_t kStack = 256 << 10;  // bytes; AddressSanitizer clears twice that slowly, at every switch

// A line of execution, and what sanitizers want to know of it.
struct Line {
  ucontext_t context;
  const void* bottom = nullptr;
  size_t size = 0;
  void* fake = nullptr;    // AddressSanitizer's
  void* thread = nullptr;  // ThreadSanitizer's
  unsigned exchanges = 0;
  bool ended = false;
};

class Fibers {
 public:
  explicit Fibers(const std::function<void()>& body);
  ~Fibers();

  SC_UNWATCHED void run(FiberOrder order);
  SC_UNWATCHED int lane() const { return running_; }
  SC_UNWATCHED void sync();
  SC_UNWATCHED void start();
  SC_UNWATCHED unsigned char (*slots())[8] { return slots_[fibers_[running_].exchanges++ % 2]; }

 private:
  SC_UNWATCHED void switch_to(Line& from, Line& to);

  const std::function<void()>& body_;
  Line main_, fibers_[kFibers];
  int running_ = 0;
  // ThreadSanitizer's: places that order what is before and after a sync.
  [[maybe_unused]] char arrived_ = 0, going_ = 0;
  unsigned char slots_[2][kFibers][8] = {};
};

thread_local Fibers* current = nullptr;

SC_UNWATCHED void enter() { current->start(); }

Fibers::Fibers(const std::function<void()>& body) : body_(body) {
  // Kept from group to group.
  thread_local const std::unique_ptr<unsigned char[]> stacks(new unsigned char[kFibers * kStack]);
  unsigned char* next = stacks.get();
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(next, kFibers * kStack);
#endif
  for (Line& fiber : fibers_) {
    fiber.bottom = next;
    fiber.size = kStack;
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = next;
    fiber.context.uc_stack.ss_size = kStack;
    fiber.context.uc_link = nullptr;
    makecontext(&fiber.context, enter, 0);
    next += kStack;
#if defined(__SANITIZE_THREAD__)
    fiber.thread = __tsan_create_fiber(0);
#endif
  }
#if defined(__SANITIZE_THREAD__)
  main_.thread = __tsan_get_current_fiber();
#endif
}

Fibers::~Fibers() {
#if defined(__SANITIZE_THREAD__)
  for (Line& fiber : fibers_) __tsan_destroy_fiber(fiber.thread);
#endif
}

void Fibers::switch_to(Line& from, Line& to) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(from.ended ? nullptr : &from.fake, to.bottom, to.size);
#elif defined(__SANITIZE_THREAD__)
  __tsan_switch_to_fiber(to.thread, __tsan_switch_to_fiber_no_sync);
#endif
  swapcontext(&from.context, &to.context);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(from.fake, nullptr, nullptr);
#endif
}

// Between syncs nothing orders what the fibers do.
void Fibers::sync() {
  Line& fiber = fibers_[running_];
#if defined(__SANITIZE_THREAD__)
  __tsan_release(&arrived_);
#endif
  switch_to(fiber, main_);
#if defined(__SANITIZE_THREAD__)
  __tsan_acquire(&going_);
#endif
}

void Fibers::start() {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(nullptr, &main_.bottom, &main_.size);
#elif defined(__SANITIZE_THREAD__)
  __tsan_acquire(&going_);
#endif
  body_();
  fibers_[running_].ended = true;
  sync();
}

void Fibers::run(FiberOrder order) {
  int turn[kFibers];
  for (int i = 0; i < kFibers; i++) turn[i] = order == FiberOrder::kBackward ? kFibers - 1 - i : i;
  uint32_t seed = 1;
  for (int ended = 0; ended < kFibers;) {
    if (order == FiberOrder::kShuffled)
      for (int i = kFibers - 1; i > 0; i--) {
        seed = seed * 1664525 + 1013904223;
        std::swap(turn[i], turn[(seed >> 16) % (i + 1)]);
      }
#if defined(__SANITIZE_THREAD__)
    __tsan_acquire(&arrived_);
    __tsan_release(&going_);
#endif
    for (int i : turn) {
      running_ = i;
      switch_to(main_, fibers_[i]);
    }
    ended = 0;
    for (const Line& fiber : fibers_) ended += fiber.ended;
    if (ended == 0 || ended == kFibers) continue;
    std::fprintf(stderr, "Expected %d threads at a sync but %d of them have ended.\n", kFibers, ended);
    std::abort();
  }
#if defined(__SANITIZE_THREAD__)
  __tsan_acquire(&arrived_);
#endif
}

}  // namespace

SC_UNWATCHED void run_fibers(FiberOrder order, const std::function<void()>& body) {
  Fibers fibers(body);
  current = &fibers;
  fibers.run(order);
  current = nullptr;
}

SC_UNWATCHED int fiber_lane() { return current->lane(); }

SC_UNWATCHED void fiber_sync() { current->sync(); }

SC_UNWATCHED unsigned char (*fiber_slots())[8] { return current->slots(); }

}  // namespace selfcorrect::emulation
