// The memory of this binary comes from here: counted, and refused when a test says so.
#pragma once

namespace selfcorrect::test {

// From now on allocation number `at` is refused, counted from 1 over all threads; with `lasting`, every later
// one too.
void refuse_allocation(long at, bool lasting);
// Ends that. Whether an allocation was refused, and whether by an exception: who asks with std::nothrow does
// without.
struct Refused {
  bool any, thrown;
};
Refused stop_refusing();

// Allocations that were not freed yet.
long live_allocations();

}  // namespace selfcorrect::test
