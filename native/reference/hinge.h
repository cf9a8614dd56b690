// The axis about which an elbow or a knee bends, over a whole motion.
#pragma once
#include "reference/geometry.h"
#include "reference/smooth.h"

namespace selfcorrect {
inline namespace SC_ISA {

// What one frame says about the axis.
template <class F>
struct HingeView {
  Vec3<F> bone;     // unit, from the upper to the lower joint of the upper bone
  Vec3<F> neutral;  // unit, where the axis is expected from the rest of the body
  Vec3<F> normal;   // of the plane of both bones; any length
  F trust;          // 0..1 in the normal: a straight limb has none
};

// Unit axes, perpendicular to the bones. Where a limb is straight for a moment the axis turns, relative to
// the neutral one, as it does in the frames around; where it stays straight the axis is neutral.
class Hinge {
 public:
  static constexpr int kSeries = 8;
  static constexpr double kMemory = 0.1;         // s
  static constexpr double kNeutralTrust = 0.02;  // of the neutral axis against the frames around

  SC_INLINE explicit Hinge(Scratch& scratch) : series_(take(scratch, kSeries)), stride_(scratch.stride) {}

  // The axis as a direction in the plane across the bone: x along the neutral axis, y a quarter turn on.
  SC_INLINE void see(int t, const HingeView<Frames>& view) {
    const Vec3<Frames> right = unit(reject(view.neutral, view.bone), aside(view.bone));
    const Frames a = dot(view.normal, right), b = dot(view.normal, cross(view.bone, right));
    const Frames length = length2d(a, b);
    const Frames share =
        select<Frames>(length > broadcast<Frames>(1e-9),
                       view.trust / maximum<Frames>(length, broadcast<Frames>(1e-9)), Frames{});
    store(series_ + t, stride_, right);
    store(row(3) + t, a * share);
    store(row(4) + t, b * share);
    store(row(5) + t, 1.0 - view.trust);
  }

  // Once all frames are seen.
  SC_INLINE void remember(int frames, double fps, Scratch scratch) {
    for (int i = 0; i < 2; ++i) smooth(row(3 + i), frames, kMemory * fps, row(6 + i), scratch);
  }

  SC_INLINE Vec3<Frames> axis(int t, const Vec3<Frames>& bone) const {
    const Vec3<Frames> right = load_vector(series_ + t, stride_), up = cross(bone, right);
    const Frames a = load(row(6) + t) + kNeutralTrust, b = load(row(7) + t);
    const Frames rest = load(row(5) + t) / maximum<Frames>(length2d(a, b), broadcast<Frames>(1e-9));
    return unit(right * (load(row(3) + t) + rest * a) + up * (load(row(4) + t) + rest * b), right);
  }

 private:
  SC_INLINE double* row(int i) const { return series_ + static_cast<long>(i) * stride_; }

  double* series_;  // right [3], x, y, 1 - trust, x and y smoothed
  int stride_;
};

}  // namespace SC_ISA
}  // namespace selfcorrect
