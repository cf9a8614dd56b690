// How far each joint turns, as swing and twist.
//
// A joint's rotation is written in one of four forms, whichever keeps its published ranges on their own axes
// and its singularity (a swing by 180 degrees) out of reach:
//   kHinge   about x in the parent's axes first, then a swing about y and z in the child's own axes
//   kBall    a twist about y, the bone, first, then a swing about x and z in the parent's axes
//   kLateral a twist about x, the bone, first, then a swing about y and z in the parent's axes
//   kCone    as kBall, but the swing is measured from the middle of where the arm points and limited as a
//   whole
// A swing about an axis by an angle t counts as the component of its quaternion on that axis, sin(t / 2).
#pragma once
#include <algorithm>

#include "math/portable.h"
#include "model/body_table.h"

namespace selfcorrect {

enum class JointForm { kBall, kHinge, kLateral, kCone };

// Degrees from the rest pose, low and high; the right side mirrors the left (y and z change sign).
struct LimitRow {
  JointForm form;
  float x[2], y[2], z[2];
};

// The same for kernels. Components: 0 twist, 1 and 2 the swing about the two axes that follow the twist's in
// cyclic order; sines of half angles.
struct JointLimit {
  bool hinge;   // the rotation is read from child to parent
  bool offset;  // `centre` is not the identity
  int axis;     // of the twist, 0 x or 1 y
  struct {
    float w, x, y, z;
  } centre;  // rest pose to the middle of the range, parent's axes
  float low[3], high[3];
  float square_low[3], square_high[3];  // of them, the low ones negated
  float gain_low[3], gain_high[3];      // radians per unit beyond, at the limit
  float cone, square_cone, gain_cone;   // cosine of half the largest swing; 0 where there is none
  float sure;                           // a turn whose cosine of the half, squared, is above this is allowed
  float stiffness, damping;             // N m / rad, N m s / rad
};

}  // namespace selfcorrect

namespace selfcorrect {
inline namespace SC_ISA {

namespace ranges {

// Sources, by letter:
//   A  American Academy of Orthopaedic Surgeons, Joint Motion: Method of Measuring and Recording, 1965
//   B  Boone and Azen, Normal range of motion of joints in male subjects, J Bone Joint Surg 61-A, 1979
//   K  Kapandji, The Physiology of the Joints, volumes 1 to 3 (passive ranges, trained subjects)
//   L  Levangie and Norkin, Joint Structure and Function (clavicle)
// The larger where they differ: these limits say what no body does, not what an average one does.
struct PublishedRow {
  JointForm form;
  float x[2], y[2], z[2];
};
using Form = JointForm;
// Left side. Facing +z with the left on +x, a positive turn about x bends the trunk and the knee and points
// the foot, and takes thigh, arm and forearm backwards; about y it turns to the left; about z it lifts the
// left limb sideways and everts the left foot.
// Flexion 145 with the knee bent (K), extension 30 (A); inwards 45 (A), outwards 90 in the lotus seat (K);
// adduction 30 (A), abduction 90 in side splits (K).
constexpr PublishedRow kHip = {Form::kBall, {-145, 30}, {-45, 90}, {-30, 90}};
// K: 160 when sat upon; axial rotation of the bent knee 30 and 40.
constexpr PublishedRow kKnee = {Form::kHinge, {0, 160}, {-30, 40}, {0, 0}};
// Dorsiflexion under load 45, of the free foot 20 to 30 (K); B 56. Positions show neither where the knee's
// axial rotation ends nor the foot's begins: K 30 + 20, 40 + 20. Inversion 52, eversion 30 (K).
constexpr PublishedRow kAnkle = {Form::kHinge, {-45, 56}, {-50, 60}, {-52, 30}};
constexpr PublishedRow kToes = {Form::kHinge, {-70, 45}, {0, 0}, {0, 0}};  // A, great toe
// Lumbar spine: 60 forwards, 35 back, 20 sideways; the whole trunk turns by 40, evenly (K).
constexpr PublishedRow kSpine1 = {Form::kBall, {-35, 60}, {-15, 15}, {-20, 20}};
// Thoracic spine, on two joints: 45 forwards, 25 back, 20 sideways (K).
constexpr PublishedRow kSpine = {Form::kBall, {-13, 23}, {-15, 15}, {-10, 10}};
constexpr PublishedRow kNeck = {Form::kBall, {-45, 45}, {-60, 60}, {-45, 45}};  // A
constexpr PublishedRow kHead = {Form::kBall, {-15, 15}, {-12, 12}, {-3, 3}};    // K, below the skull
// L: elevation 48, depression 15, protraction 20, retraction 30, axial rotation 50.
constexpr PublishedRow kCollar = {Form::kLateral, {-50, 50}, {-20, 30}, {-15, 48}};
// An arm reaches from 60 behind (A) to overhead (180, A, of which the clavicle carries a share) and across
// (140, K): all within 115 of a point ahead, aside and below. The twist: 100 inwards and 90 outwards (K),
// with what carrying the arm around a circle adds (Codman's paradox).
constexpr PublishedRow kShoulder = {Form::kCone, {0, 115}, {-120, 120}, {0, 0}};
constexpr float kArmAhead[3] = {1, -0.5f, 0.5f};
// K: passive flexion 160, pronation 85, supination 90; extension up to 10 in supple women (B, of men: 0.6).
constexpr PublishedRow kElbow = {Form::kHinge, {-160, 10}, {-90, 90}, {0, 0}};
// K: 85 both ways, 45 to the little finger; the side of the thumb cannot be seen in positions.
constexpr PublishedRow kWrist = {Form::kBall, {-45, 45}, {0, 0}, {-85, 85}};

SC_TABLE PublishedRow kPublished[kBodies] = {
    {},    kHip,  kHip,    kSpine1, kKnee, kKnee,     kSpine,    kAnkle, kAnkle, kSpine, kToes,
    kToes, kNeck, kCollar, kCollar, kHead, kShoulder, kShoulder, kElbow, kElbow, kWrist, kWrist};

// Degrees added on every side: what a goniometer and a skeleton of 22 joints leave uncertain. Knees and
// elbows are bent in the plane that was seen, and have less; recorded straight arms bend back by up to 17.
constexpr float kSlack = 15, kKneeSlack = 5, kElbowSlack = 8;

// The stop gives way by this under the joint's largest torque, and is damped to come back in this time.
constexpr double kGive = 2, kReturn = 0.02;  // degrees; s

constexpr bool is_right(int b) {
  return b == 2 || b == 5 || b == 8 || b == 11 || b == 14 || b == 17 || b == 19 || b == 21;
}
constexpr float bend_slack(int b) {
  return b == 4 || b == 5 ? kKneeSlack : b == 18 || b == 19 ? kElbowSlack : kSlack;
}

constexpr double kRadian = 0.017453292519943295;

// The square root of x from 1 to 16, by Newton's method.
constexpr double root(double x) {
  double r = x;
  for (int i = 0; i < 8; i++) r = (r + x / r) / 2;
  return r;
}

}  // namespace ranges

// Joint `body`, 1..21, of the left or right side.
SC_CALL constexpr LimitRow limit_row(int body) {
  using namespace ranges;
  const PublishedRow& p = kPublished[body];
  const float bend = bend_slack(body);
  LimitRow row = {p.form,
                  {p.x[0] - bend, p.x[1] + bend},
                  {p.y[0] - kSlack, p.y[1] + kSlack},
                  {p.z[0] - kSlack, p.z[1] + kSlack}};
  if (p.form == Form::kCone) row.x[1] = p.x[1];
  if (is_right(body)) {
    row = {row.form, {row.x[0], row.x[1]}, {-row.y[1], -row.y[0]}, {-row.z[1], -row.z[0]}};
  }
  return row;
}

constexpr JointLimit make_limit(int body) {
  using namespace ranges;
  JointLimit limit{};
  const LimitRow row = limit_row(body);
  limit.hinge = row.form == Form::kHinge;
  limit.axis = row.form == Form::kBall || row.form == Form::kCone;
  limit.centre = {1, 0, 0, 0};
  float low[3] = {row.x[0], row.y[0], row.z[0]}, high[3] = {row.x[1], row.y[1], row.z[1]};
  if (row.form == Form::kCone) {  // the swing has one limit for all directions
    limit.cone = static_cast<float>(portable::cos(row.x[1] * kRadian / 2));
    limit.square_cone = limit.cone * limit.cone;
    limit.gain_cone = static_cast<float>(2 / portable::sin(row.x[1] * kRadian / 2));
    low[0] = low[2] = -180;
    high[0] = high[2] = 180;
    // The smallest rotation that takes the hanging arm there.
    const double x = is_right(body) ? -kArmAhead[0] : kArmAhead[0], y = kArmAhead[1], z = kArmAhead[2];
    const double length = root(x * x + y * y + z * z);
    const double w = 1 - y / length, cx = -z / length, cz = x / length;  // (0, -1, 0) x middle
    const double n = root(w * w + cx * cx + cz * cz);
    limit.offset = true;
    limit.centre = {static_cast<float>(w / n), static_cast<float>(cx / n), 0, static_cast<float>(cz / n)};
  }
  for (int i = 0; i < 3; i++) {
    const int k = (limit.axis + i) % 3;
    const double from = (limit.hinge ? -high[k] : low[k]) * kRadian / 2;
    const double to = (limit.hinge ? -low[k] : high[k]) * kRadian / 2;
    limit.low[i] = static_cast<float>(portable::sin(from));
    limit.high[i] = static_cast<float>(portable::sin(to));
    limit.square_low[i] = limit.low[i] * limit.low[i];
    limit.square_high[i] = limit.high[i] * limit.high[i];
    const auto gain = [](double half) { return static_cast<float>(2 / std::max(portable::cos(half), 0.1)); };
    limit.gain_low[i] = gain(from);
    limit.gain_high[i] = gain(to);
  }
  // One degree of margin: rounding must not tell it from the full question.
  double least = limit.offset ? 0 : 180;
  for (int i = 0; i < 3; i++) least = std::min<double>({least, -low[i], high[i]});
  const double surely = portable::cos((least - 1) * kRadian / 2);
  limit.sure = least > 1 ? static_cast<float>(surely * surely) : 2;
  limit.stiffness = static_cast<float>(kBodyTable[body].torque / (kGive * kRadian));
  limit.damping = static_cast<float>(limit.stiffness * kReturn);
  return limit;
}

struct JointLimits {
  JointLimit of[kBodies];
  constexpr JointLimits() : of{} {
    for (int b = 1; b < kBodies; b++) of[b] = make_limit(b);
  }
};
SC_TABLE JointLimits kJointLimits{};

// [22]; entry 0 has no limits.
SC_INLINE const JointLimit* joint_limits() { return kJointLimits.of; }

}  // namespace SC_ISA
}  // namespace selfcorrect
