// The feet of a motion: where their soles are, and how a planted foot stands.
#pragma once
#include "math/series.h"
#include "reference/frames.h"
#include "reference/geometry.h"

namespace selfcorrect {
inline namespace SC_ISA {

constexpr double kSoleDepth = kToeDepth;  // m from the centre of the toe joint down to the sole
constexpr int kCorners =
    2 * kSolePoints;  // four of the foot proper (0, 1 at the heel), then four of the toes

constexpr double kToesLevelled = 1e-9;  // sine of a pitch that needs no bend
// A planted foot is meant to be flat up to some tilt, and less and less so up to another, rad and cosine.
SC_TABLE double kFlat[2] = {0.20, 0.30};
constexpr double kCosineTilted = 0.955336489125606;
constexpr double kSineToeBend = 0.8414709848078965;  // of 1 rad, the most that toes are bent

// A foot and its toes in consecutive frames.
struct FootPose {
  Vec3<Frames> ankle;
  Quat<Frames> foot;
  Vec3<Frames> toe;
  Quat<Frames> toes;
};

SC_INLINE FootPose foot_pose(const Motion& motion, int t, int side) {
  const Leg& leg = kLegs[side];
  return {place(motion, leg.ankle, t), turn(motion, leg.ankle, t), place(motion, leg.toe, t),
          turn(motion, leg.toe, t)};
}

// Turned by `share` of what makes a foot flat about its ankle when its tilt is small; steeper feet stand on
// their heel or toes and stay.
template <class F>
SC_INLINE Quat<F> flattened(const Quat<F>& foot, F share) {
  const Vec3<F> up = up_of(foot);
  const F sideways = length2d(up.x, up.z);  // sine of the tilt
  const F halved = sideways / square_root(2.0 * (1.0 + maximum<F>(up.y, broadcast<F>(kCosineTilted))));
  const F half = arcsine(minimum<F>(halved, broadcast<F>(0.15)));
  const F angle = half * share * (1.0 - smoothstep(half, kFlat[0] / 2, kFlat[1] / 2));
  const F sines = sine(angle) / maximum<F>(sideways, broadcast<F>(1e-30));
  const Quat<F> turned = unit(Quat<F>{cosine(angle), -up.z * sines, F{}, up.x * sines} * foot);
  return select<F>(up.y > broadcast<F>(kCosineTilted), turned, foot);
}

// Rotation of the toes of a foot: bent up by `share` of what makes them level where the foot points down (the
// toes' own rotation cannot be seen in joint positions).
template <class F>
SC_INLINE Quat<F> level_toes(const Quat<F>& foot, F share) {
  const F down = 2.0 * (foot.w * foot.x - foot.y * foot.z),
          most = minimum<F>(down, broadcast<F>(kSineToeBend));
  F c = square_root(0.5 + 0.5 * square_root(1.0 - most * most)), s = 0.5 * most / c;  // of half the bend
  const Mask<F> partly = share < broadcast<F>(1);
  if (any(partly)) {
    const F half = share * 2.0 * arcsine(maximum<F>(s, F{}) / square_root(2.0 + 2.0 * c));
    s = select<F>(partly, sine(half), s);
    c = select<F>(partly, cosine(half), c);
  }
  const Quat<F> bent{foot.w * c + foot.x * s, foot.x * c - foot.w * s, foot.y * c - foot.z * s,
                     foot.z * c + foot.y * s};
  return select<F>((down <= broadcast<F>(kToesLevelled)) | (share <= F{}), foot, bent);
}

// The foot as it would stand if it were planted now: flat where it is nearly flat, with level toes.
SC_INLINE FootPose planted_foot(const Motion& motion, int t, int side) {
  const Leg& leg = kLegs[side];
  const Vec3<Frames> ankle = place(motion, leg.ankle, t);
  const Frames all = broadcast<Frames>(1);
  const Quat<Frames> foot = flattened(turn(motion, leg.ankle, t), all);
  return {ankle, foot, ankle + rotate(foot, spread<Frames>(motion.offset[leg.toe])), level_toes(foot, all)};
}

// Heights in the world that the axes of a body add to a point: its y row.
template <class F>
SC_INLINE Vec3<F> heights_of(const Quat<F>& q) {
  return {2.0 * (q.x * q.y + q.w * q.z), 1.0 - 2.0 * (q.x * q.x + q.z * q.z), 2.0 * (q.y * q.z - q.w * q.x)};
}

// Heights of the corners of a sole in the world.
SC_INLINE void corner_heights(const Sole& sole, const FootPose& pose, Frames (&height)[kCorners]) {
  const Vec3<Frames> foot = heights_of(pose.foot), toes = heights_of(pose.toes);
  for (int i = 0; i < kSolePoints; ++i) {
    const float *a = sole.foot[i], *b = sole.toes[i];
    height[i] = pose.ankle.y + (foot.x * double{a[0]} + foot.y * double{a[1]} + foot.z * double{a[2]});
    height[kSolePoints + i] =
        pose.toe.y + (toes.x * double{b[0]} + toes.y * double{b[1]} + toes.z * double{b[2]});
  }
}

SC_INLINE Frames lowest(const Frames (&height)[kCorners]) {
  Frames low = height[0];
  for (int i = 1; i < kCorners; ++i) low = minimum<Frames>(low, height[i]);
  return low;
}

}  // namespace SC_ISA
}  // namespace selfcorrect
