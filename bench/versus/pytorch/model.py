"""The denoiser of src/generator/diffusion/denoiser.ts, told of actions, and its training step, in PyTorch as its users write them."""
import json
import math
import struct

import torch
from torch import nn
from torch.nn import functional as F

TYPES = {"F32": torch.float32, "I64": torch.int64}
CONTEXT_TOKENS = 2  # timestep and action
MASKED = -1e9  # score of a key that is padding


def read_safetensors(path):
    """Named tensors of a file: 8 bytes of header length, a JSON header, raw elements."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            part = torch.frombuffer(data[begin:end], dtype=TYPES[entry["dtype"]])
            tensors[name] = part.reshape(entry["shape"])
    return tensors


def positions(count, width):
    """Sinusoidal code of positions 0 .. count-1."""
    angle = torch.arange(count, dtype=torch.float64)[:, None] * 10000 ** (
        -torch.arange(0, width, 2, dtype=torch.float64) / width
    )
    return torch.stack([angle.sin(), angle.cos()], 2).reshape(count, width).float()


class Attention(nn.Module):
    """Multi-head self-attention with one packed projection."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.scale = heads, 1 / math.sqrt(width // heads)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, mask):
        batch, time, width = x.shape
        packed = self.qkv(x).view(batch, time, 3, self.heads, width // self.heads)
        q, k, v = packed.permute(2, 0, 3, 1, 4).reshape(3, batch * self.heads, time, -1).unbind(0)
        if mask is None:
            zero = torch.zeros((), dtype=x.dtype).expand(batch * self.heads, time, time)
            scores = torch.baddbmm(zero, q, k.transpose(1, 2), beta=0, alpha=self.scale)
        else:
            scores = torch.baddbmm(mask, q, k.transpose(1, 2), alpha=self.scale)
        mixed = torch.bmm(scores.softmax(-1), v).view(batch, self.heads, time, -1)
        return self.out(mixed.transpose(1, 2).reshape(batch, time, width))


class Layer(nn.Module):
    """Post-norm encoder layer, GELU by the error function."""

    def __init__(self, width, heads, ff):
        super().__init__()
        self.attention = Attention(width, heads)
        self.ff1, self.ff2 = nn.Linear(width, ff), nn.Linear(ff, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, h, mask):
        h = self.norm1(h + self.attention(h, mask))
        return self.norm2(h + self.ff2(F.gelu(self.ff1(h))))


class Denoiser(nn.Module):
    """Prediction of x_0 from a noisy motion; the weights are those that `save` of the generator names."""

    def __init__(self, config):
        super().__init__()
        self.width, self.heads = config["dModel"], config["heads"]
        features, width = config["features"], self.width
        self.input, self.output = nn.Linear(features, width), nn.Linear(width, features)
        self.time1, self.time2 = nn.Linear(width, width), nn.Linear(width, width)
        self.classes = nn.Embedding(len(config["condition"]["classes"]) + 1, width)
        self.layers = nn.ModuleList(
            Layer(width, self.heads, config["ff"]) for _ in range(config["layers"])
        )
        self.register_buffer("codes", positions(config["diffusionSteps"], width))
        self.register_buffer("places", positions(CONTEXT_TOKENS + config["frames"], width))

    def load(self, tensors):
        """Takes weights [in, out] as we store them; every parameter must be there."""
        used = set()
        for name, parameter in self.named_parameters():
            ours = name.replace("attention.", "").replace("classes.", "class.")
            value = tensors[ours]
            matrix = value.dim() == 2 and ours != "class.weight"
            with torch.no_grad():
                parameter.copy_(value.t() if matrix else value)
            used.add(ours)
        if used != set(tensors):
            raise ValueError(f"Expected no other weights but received {sorted(set(tensors) - used)}")

    def forward(self, x, timesteps, conditions, lengths=None):
        batch, frames, _ = x.shape
        time = self.time2(F.silu(self.time1(self.codes[timesteps])))
        h = torch.cat([time[:, None], self.classes(conditions)[:, None], self.input(x)], 1) + self.places
        mask = None
        if lengths is not None:
            padding = torch.arange(frames) >= lengths[:, None]
            padding = F.pad(padding, (CONTEXT_TOKENS, 0)).float() * MASKED
            tokens = frames + CONTEXT_TOKENS
            mask = padding[:, None, None].expand(batch, self.heads, tokens, tokens)
            mask = mask.reshape(batch * self.heads, tokens, tokens)
        for layer in self.layers:
            h = layer(h, mask)
        return self.output(h[:, CONTEXT_TOKENS:])


def masked_mse(prediction, target, lengths=None):
    """Mean over the valid frames and the features of each motion, then over the motions."""
    if lengths is None:
        return F.mse_loss(prediction, target)
    valid = (torch.arange(target.shape[1]) < lengths[:, None]).float()
    each = (F.mse_loss(prediction, target, reduction="none").mean(2) * valid).sum(1)
    return (each / lengths).mean()


def cosine_shares(steps):
    """Shares of signal and noise after each step of the cosine schedule (Nichol & Dhariwal 2021), [steps, 1, 1] each."""
    f = [math.cos((t / steps + 0.008) / 1.008 * math.pi / 2) ** 2 for t in range(steps + 1)]
    beta = torch.tensor([min(1 - f[t + 1] / f[t], 0.999) for t in range(steps)], dtype=torch.float64)
    alpha_bar = (1 - beta).cumprod(0)[:, None, None]
    return alpha_bar.sqrt().float(), (1 - alpha_bar).sqrt().float()


class Trainer:
    """AdamW without decay, gradients clipped by their global norm, moving average of the weights."""

    def __init__(self, config, weights, options):
        self.model = Denoiser(config)
        self.model.load(weights)
        self.parameters = list(self.model.parameters())
        self.average = [p.detach().clone() for p in self.parameters]
        self.clip, self.decay = options["clip"], options["emaDecay"]
        self.optimizer = torch.optim.AdamW(
            self.parameters, lr=options["lr"], betas=(0.9, 0.999), eps=1e-8, weight_decay=0, foreach=True
        )
        self.signal, self.noise = cosine_shares(config["diffusionSteps"])

    def noisy(self, clean, gaussian, timesteps):
        return self.signal[timesteps] * clean + self.noise[timesteps] * gaussian

    def step(self, clean, gaussian, timesteps, conditions, lengths=None):
        """One step; `gaussian` None draws the noise here. Returns the loss."""
        if gaussian is None:
            gaussian = torch.randn_like(clean)
        prediction = self.model(self.noisy(clean, gaussian, timesteps), timesteps, conditions, lengths)
        loss = masked_mse(prediction, clean, lengths)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        with torch.no_grad():
            gradients = [p.grad for p in self.parameters]
            norm = torch.stack(torch._foreach_norm(gradients)).norm()
            factor = float(self.clip / (norm + 1e-6))
            if factor < 1:
                torch._foreach_mul_(gradients, factor)
            self.optimizer.step()
            torch._foreach_mul_(self.average, self.decay)
            torch._foreach_add_(self.average, self.parameters, alpha=1 - self.decay)
        return loss.item()

    def forward(self, clean, timesteps, conditions, lengths=None):
        with torch.inference_mode():
            return self.model(clean, timesteps, conditions, lengths)
