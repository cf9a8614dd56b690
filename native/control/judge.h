// How well simulations follow their target and how likely they are to go on doing so.
#pragma once
#include "control/sample.h"
#include "control/tile.h"

namespace selfcorrect {
inline namespace SC_ISA {

// Centre of mass in the world, and its velocity.
template <class F>
struct Mass {
  Vec3<F> position, velocity;
};
template <class F>
Mass<F> centre_of_mass(const Shape<F>& shape, const State<F>& state, const Kinematics<F>& k) {
  Mass<F> sum{};
  for (int b = 0; b < kBodies; b++) {
    sum.position += (state.position + k.origin[b]) * shape.mass[b] + k.moment[b];
    sum.velocity += k.velocity[b] * shape.mass[b] + cross(state.spin[b], k.moment[b]);
  }
  const F unit = Scalar<F>(kGravity) / shape.weight;
  return {sum.position * unit, sum.velocity * unit};
}

template <class F>
struct Judge {
  State<F> target;
  Kinematics<F> kinematics;

  // Cost per lane against tile.target. `feet`: which of the two stand in the reference. `relative`, `world`:
  // mean joint distances, m.
  F cost(const SampleTuning& t, Tile<F>& tile, const uint8_t* feet, F relative, F world) {
    using S = Scalar<F>;
    target.position = tile.target.position;
    target.velocity = tile.target.velocity;
    std::copy(tile.target.rotation, tile.target.rotation + kBodies, target.rotation);
    std::copy(tile.target.spin, tile.target.spin + kBodies, target.spin);
    forward_kinematics(tile.shape, target, kinematics);
    forward_kinematics(tile.shape, tile.state, tile.kinematics);
    const Mass<F> wanted = centre_of_mass(tile.shape, target, kinematics),
                  actual = centre_of_mass(tile.shape, tile.state, tile.kinematics);
    // Capture point x + v / sqrt(g / height), relative to the standing feet: one that is off them by more
    // than the reference's leads to a fall.
    const F tempo = square_root(maximum<F>(wanted.position.y, broadcast<F>(0.3)) * S(1 / kGravity));
    Vec3<F> off = actual.position - wanted.position + (actual.velocity - wanted.velocity) * tempo;
    const int standing = feet[0] + feet[1];
    for (int f = 0; f < 2; f++) {
      if (!feet[f]) continue;
      const int toe = 10 + f;
      off -= (tile.state.position + tile.kinematics.origin[toe] - target.position - kinematics.origin[toe]) *
             S(1.0 / standing);
    }
    off.y = F{};
    const Vec3<F> turn = rotation_vector(target.rotation[0] * conjugate(tile.state.rotation[0]));
    const F drop = actual.position.y - wanted.position.y;
    return relative * S(t.pose) + norm(off) * S(t.balance) + norm(turn) * S(t.upright) +
           norm(target.spin[0] - tile.state.spin[0]) * S(t.spin) + world * S(t.world) +
           maximum<F>(drop, -drop) * S(t.height) +
           norm(target.velocity - tile.state.velocity) * S(t.velocity);
  }
};

}  // namespace SC_ISA
}  // namespace selfcorrect
