// When each foot stands on the ground.
#pragma once
#include "reference/frames.h"
#include "reference/geometry.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Half-open range of frames.
struct Run {
  int begin, end;
};

// The first run of frames from `from` on that are `on`; empty at `frames` where there is none.
SC_INLINE Run next_run(const uint8_t* on, int frames, int from) {
  while (from < frames && !on[from]) ++from;
  int end = from;
  while (end < frames && on[end]) ++end;
  return {from, end};
}

// The smaller of the steps of a point to the frame before and to the frame after, in metres per frame: a foot
// that lands or lifts off is still in one of them. `path`: three series of `frames`.
SC_INLINE Vec3<Frames> slowest_step(const double* path, int stride, int frames, int t) {
  using F = Frames;
  const Vec3<F> here = load_vector(path + t, stride), before = here - load_vector(path + t - 1, stride),
                after = load_vector(path + t + 1, stride) - here;
  const F number = frame_numbers(t);
  const Mask<F> first = number <= F{}, last = number >= broadcast<F>(frames - 1);
  return select<F>((last | (dot(before, before) < dot(after, after))) & !first, before, after);
}

// Sets motion.contact: a foot whose heel or ball is near the ground (y = 0) and slow. Single frames without
// contact are closed, single frames of contact dropped (at 20 fps; longer ones at higher rates). `low`:
// series for the lowest point of each sole, if the foot were planted.
SC_STAGE void detect_contacts(Motion& motion, double* const (&low)[2], Scratch scratch);

}  // namespace SC_ISA
}  // namespace selfcorrect
