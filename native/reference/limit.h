// The reference within the limits of the joints (model/limits.h).
#pragma once
#include "reference/frames.h"

namespace selfcorrect {
inline namespace SC_ISA {

// How far two bones of the lengths `upper` and `lower` bend. Sines and cosines of a bend decide in all but
// the few frames beyond its limits.
struct Bend {
  bool elbow;
  double upper, lower;                // m
  double back, most;                  // rad, backwards and forwards
  double cosine_back, cosine_most;    // of these
  double tangent_back, tangent_most;  // of their halves
};
SC_STAGE Bend bend_of(int body, double upper, double lower);

// Is a knee or an elbow bent beyond its limits?
template <class F>
SC_INLINE Mask<F> bends_too_far(const Bend& limit, const Quat<F>& parent, const Quat<F>& child) {
  const Quat<F> relative = conjugate(parent) * child;
  const F square = relative.w * relative.w, product = relative.x * relative.w;
  const F bend = limit.elbow ? -product : product;  // tangent of half of it, times `square`
  return (bend < -limit.tangent_back * square) | (bend > limit.tangent_most * square);
}

// The distance between the ends of two bones that are bent as far as they may be, instead of `reach`, and on
// which side of their line the joint between them is then: `side`, 1 or -1, is negated where the joint
// changes it. Within the limits nothing changes. Backwards beyond them it is first the limit, then,
// continuously, the same bend forwards, which keeps the ends where they are.
SC_STAGE void keep_bend(const Bend& limit, Frames& reach, Frames& side);

// Brings every joint within its limits, parents first. The bodies beyond a joint that was turned keep their
// absolute rotation where their own limits allow; where not, that or going with it, whichever turns less.
// Frames that were within the limits stay as they are, bit for bit; of the others, positions follow.
SC_STAGE void keep_limits(Motion& motion, Scratch scratch);

}  // namespace SC_ISA
}  // namespace selfcorrect
