#include "model/humanoid.h"

#include <algorithm>
#include <cmath>

#include "model/foot.h"

namespace selfcorrect {

namespace {

constexpr double kGain = 2.6, kDamping = 2.26;  // on the whole table

// A row; arms and legs are mirrored by hand so that the table reads like the body.
constexpr BodyRow row(const char* name, float x, float y, float z, float mass, float cx, float cy, float cz,
                      float ix, float iy, float iz, double kp, double kd, float torque) {
  return {name, {x, y, z}, mass, {cx, cy, cz}, {ix, iy, iz}, float(kp * kGain), float(kd * kDamping), torque};
}

// The child whose bone gives a body its length, and the share of that bone at which the centre of mass lies.
struct Bone {
  int child;
  float share;
};
constexpr Bone kBone[kBodies] = {
    {3, -0.23f},  {4, 0.528f},  {5, 0.528f}, {6, 0.5f},   {7, 0.5f},   {8, 0.5f},  {9, 0.35f}, {-1, 0},
    {-1, 0},      {12, 0.46f},  {-1, 0},     {-1, 0},     {15, 0.43f}, {16, 0.5f}, {17, 0.5f}, {-1, 0},
    {18, 0.508f}, {19, 0.508f}, {20, 0.51f}, {21, 0.51f}, {-1, 0},     {-1, 0}};

float length(const float* v) { return std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]); }

}  // namespace

// Gains: UHC's (Luo et al. 2021) with kp x 2.6, kd x 2.26; soft ankles, because stiff ones turn every error
// of the foot's slope into a tilting foot; stiffer toes; softer arms.
//
// Torque limits, the last column, N m: what a strong adult gives in the joint's best direction, one value for
// all directions. Hip, knee and ankle: isometric maxima of young men are near 200, 200 and 120 (Anderson,
// Madigan and Nussbaum, J Biomech 2007); muscles that are stretched give up to 1.5 times that, and net
// moments of running reach 200 at the ankle (Winter, Biomechanics and Motor Control of Human Movement). Toes:
// sprinting (Stefanyshyn and Nigg, J Biomech 1997). Neck: extension 51 +- 11 (Ann Biomed Eng 2014, doi
// 10.1007/s10439-014-1046-0). Shoulder, elbow and wrist: near 100, 80 and 20 (Garner and Pandy, Ann Biomed
// Eng 2003). Spine and collars, which carry trunk and arms: as UHC.
const BodyRow kBodyTable[kBodies] = {
    row("pelvis", 0, 0, 0, 7.8f, 0, -.03f, 0, .066f, .066f, .032f, 0, 0, 0),
    row("left_hip", .063f, -.085f, -.0145f, 9.9f, 0, -.207f, 0, .149f, .022f, .149f, 500, 50, 300),
    row("right_hip", -.063f, -.085f, -.0145f, 9.9f, 0, -.207f, 0, .149f, .022f, .149f, 500, 50, 300),
    row("spine1", 0, .131f, -.014f, 5.6f, 0, .072f, 0, .018f, .037f, .037f, 1000, 100, 300),
    row("left_knee", 0, -.392f, 0, 3.03f, 0, -.2145f, 0, .050f, .004f, .050f, 500, 50, 300),
    row("right_knee", 0, -.392f, 0, 3.03f, 0, -.2145f, 0, .050f, .004f, .050f, 500, 50, 300),
    row("spine2", 0, .143f, 0, 5.6f, 0, .02f, 0, .020f, .040f, .040f, 1000, 100, 300),
    row("left_ankle", 0, -.429f, 0, .76f, 0, -.035f, .042f, .003f, .003f, .001f, 80, 8, 200),
    row("right_ankle", 0, -.429f, 0, .76f, 0, -.035f, .042f, .003f, .003f, .001f, 80, 8, 200),
    row("spine3", 0, .057f, 0, 8.8f, 0, .1f, -.01f, .040f, .079f, .079f, 1000, 100, 300),
    row("left_foot", 0, -.045f, .139f, .2f, 0, -.0075f, .04f, .0002f, .0002f, .0002f, 100, 10, 60),
    row("right_foot", 0, -.045f, .139f, .2f, 0, -.0075f, .04f, .0002f, .0002f, .0002f, 100, 10, 60),
    row("neck", 0, .218f, -.024f, .9f, 0, .037f, .025f, .002f, .002f, .002f, 100, 10, 60),
    row("left_collar", .075f, .116f, -.024f, 1.3f, .06f, .02f, -.006f, .003f, .003f, .003f, 400, 40, 200),
    row("right_collar", -.075f, .116f, -.024f, 1.3f, -.06f, .02f, -.006f, .003f, .003f, .003f, 400, 40, 200),
    row("head", 0, .086f, .057f, 4.0f, 0, .08f, .01f, .018f, .018f, .018f, 100, 10, 60),
    row("left_shoulder", .12f, .041f, -.012f, 1.9f, 0, -.132f, 0, .012f, .002f, .012f, 240, 24, 150),
    row("right_shoulder", -.12f, .041f, -.012f, 1.9f, 0, -.132f, 0, .012f, .002f, .012f, 240, 24, 150),
    row("left_elbow", 0, -.26f, 0, 1.13f, 0, -.137f, 0, .008f, .001f, .008f, 180, 18, 100),
    row("right_elbow", 0, -.26f, 0, 1.13f, 0, -.137f, 0, .008f, .001f, .008f, 180, 18, 100),
    row("left_wrist", 0, -.268f, 0, .43f, 0, -.085f, 0, .001f, .001f, .001f, 30, 3, 20),
    row("right_wrist", 0, -.268f, 0, .43f, 0, -.085f, 0, .001f, .001f, .001f, 30, 3, 20),
};

Skeleton nominal_skeleton() {
  Skeleton skeleton;
  for (int b = 0; b < kBodies; b++)
    for (int k = 0; k < 3; k++) skeleton.offset[b][k] = kBodyTable[b].offset[k];
  return skeleton;
}

Humanoid make_humanoid(const Skeleton& skeleton) {
  Humanoid body{};
  auto offset = [&](int b) { return skeleton.offset[b].data(); };
  // Size of the whole, for what has no bone of its own: thigh, shank and spine against the nominal ones.
  float sum = 0, nominal = 0;
  for (int b : {4, 5, 7, 8, 6, 12}) {
    sum += length(offset(b));
    nominal += length(kBodyTable[b].offset);
  }
  const float stature = std::clamp(sum / nominal, 0.3f, 3.0f);
  for (int b = 0; b < kBodies; b++) {
    const BodyRow& r = kBodyTable[b];
    const int child = kBone[b].child;
    float scale = stature;
    for (int k = 0; k < 3; k++) body.offset[b][k] = offset(b)[k];
    if (child >= 0) {
      scale = std::clamp(length(offset(child)) / length(kBodyTable[child].offset), 0.3f, 3.0f);
      for (int k = 0; k < 3; k++) body.com[b][k] = kBone[b].share * offset(child)[k];
    } else if (b == 7 || b == 8) {  // the box between sole and ankle, from heel to toe joint
      const Sole sole = make_sole(offset(b + 3));
      for (int c = 0; c < kSolePoints; c++)
        for (int k = 0; k < 3; k++) body.com[b][k] += sole.foot[c][k] / (k == 1 ? 8 : 4);
      scale = 1;
    } else if (b == 10 || b == 11) {
      const Sole sole = make_sole(offset(b));
      for (int k = 0; k < 3; k++)
        body.com[b][k] = (sole.toes[0][k] + sole.toes[3][k]) * (k == 1 ? 0.15f : 0.5f);
      scale = 1;
    } else {
      for (int k = 0; k < 3; k++) body.com[b][k] = r.com[k] * scale;
    }
    body.mass[b] = r.mass * scale;
    body.weight += body.mass[b] * 9.81f;
    // The thin axis of a long body scales with its mass alone.
    const float thin = std::min({r.inertia[0], r.inertia[1], r.inertia[2]});
    for (int k = 0; k < 3; k++)
      body.inertia[b][k] = r.inertia[k] * scale * (r.inertia[k] > 1.5f * thin ? scale * scale : 1.0f);
  }
  int n = 0;
  auto add = [&](int b, float x, float y, float z, float s) { body.point[n++] = {b, {x * s, y * s, z * s}}; };
  for (int b : {7, 8}) {
    const Sole sole = make_sole(offset(b + 3));
    for (auto& p : sole.foot) add(b, p[0], p[1], p[2], 1);
  }
  for (int b : {10, 11}) {
    const Sole sole = make_sole(offset(b));
    for (auto& p : sole.toes) add(b, p[0], p[1], p[2], 1);
  }
  for (int b : {4, 5}) add(b, 0, -.02f, .05f, stature);                       // kneecaps
  for (int side : {1, -1}) add(0, side * .07f, -.125f, -.02f, stature);       // seat
  add(0, 0, -.03f, -.095f, stature);                                          // sacrum
  for (int b : {20, 21}) add(b, 0, -.15f, 0, stature);                        // hands
  for (int b : {18, 19}) add(b, 0, 0, -.037f, stature);                       // elbows
  for (int side : {1, -1}) add(9, 0, .1f, side > 0 ? .09f : -.11f, stature);  // breast, back
  add(15, 0, .12f, -.06f, stature);                                           // head
  return body;
}

}  // namespace selfcorrect
