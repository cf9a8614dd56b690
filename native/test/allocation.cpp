#include "test/allocation.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>

namespace selfcorrect::test {
namespace {

constexpr long kNever = std::numeric_limits<long>::max();

std::atomic<long> live{0}, asked{0}, refused_at{kNever};
std::atomic<bool> lasts{false}, refused{false}, thrown{false};

void* allocate(std::size_t size, std::size_t alignment) {
  if (refused_at != kNever) {
    const long number = ++asked;
    if (number == refused_at || (lasts && number > refused_at)) {
      refused = true;
      return nullptr;
    }
  }
  const std::size_t wanted = size > 0 ? size : 1;
  void* memory = alignment > alignof(std::max_align_t)
                     ? std::aligned_alloc(alignment, (wanted + alignment - 1) / alignment * alignment)
                     : std::malloc(wanted);
  if (memory) live++;
  return memory;
}

void* allocate_or_throw(std::size_t size, std::size_t alignment = 1) {
  void* memory = allocate(size, alignment);
  if (!memory) {
    thrown = true;
    throw std::bad_alloc();
  }
  return memory;
}

void release(void* memory) {
  if (memory) live--;
  std::free(memory);
}

}  // namespace

void refuse_allocation(long at, bool lasting) {
  asked = 0;
  refused = thrown = false;
  lasts = lasting;
  refused_at = at;
}

Refused stop_refusing() {
  refused_at = kNever;
  return {refused, thrown};
}

long live_allocations() { return live; }

}  // namespace selfcorrect::test

using namespace selfcorrect::test;
using Size = std::size_t;
using Align = std::align_val_t;

void* operator new(Size size) { return allocate_or_throw(size); }
void* operator new[](Size size) { return allocate_or_throw(size); }
void* operator new(Size size, Align align) { return allocate_or_throw(size, static_cast<Size>(align)); }
void* operator new[](Size size, Align align) { return allocate_or_throw(size, static_cast<Size>(align)); }
void* operator new(Size size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void* operator new[](Size size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void* operator new(Size size, Align align, const std::nothrow_t&) noexcept {
  return allocate(size, static_cast<Size>(align));
}
void* operator new[](Size size, Align align, const std::nothrow_t&) noexcept {
  return allocate(size, static_cast<Size>(align));
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, Size) noexcept { release(memory); }
void operator delete[](void* memory, Size) noexcept { release(memory); }
void operator delete(void* memory, Align) noexcept { release(memory); }
void operator delete[](void* memory, Align) noexcept { release(memory); }
void operator delete(void* memory, Size, Align) noexcept { release(memory); }
void operator delete[](void* memory, Size, Align) noexcept { release(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { release(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { release(memory); }
