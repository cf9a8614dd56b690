// The batches of this process that are on the device at a time, and what they must know of each other.
#pragma once
#include <atomic>
#include <cstdint>

#include "cuda/device.h"

namespace selfcorrect::gpu {

// A batch on the device. One that was lost is made anew by the first to come after all the others have left,
// for whom everything fails.
class Visit {
 public:
  // Waits for that; throws what recover() throws.
  explicit Visit(Device& device);
  ~Visit();
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  static void lost();
};

// Of those that hold device memory, or are asking for it. Where there is too little for one, it waits until
// another has given some back.
class Holding {
 public:
  Holding();
  ~Holding();  // as not_given() or, once given(), telling those who wait
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;

  void given() { given_ = true; }
  // Call without anything held, after there was too little since `before`. Returns whether to ask again; not
  // where nobody has any memory to give back, nor when `stop` says so.
  template <class Stop>
  static bool wait(uint64_t before, Stop stop) {
    while (!stop()) {
      const Wait state = look(before);
      if (state != Wait::kOn) return state == Wait::kAgain;
    }
    return true;
  }
  // How often memory was given back.
  static uint64_t releases();

 private:
  enum class Wait { kOn, kAgain, kNever };
  static Wait look(uint64_t before);  // waits a few ms

  bool given_ = false;
};

}  // namespace selfcorrect::gpu
