"""UCUM units: whether a code is a well-formed unit of known atoms and prefixes.

https://ucum.org/ucum

The grammar: terms joined by ``.`` and ``/``, each a prefix and atom with an exponent, ``{…}`` annotates.
"""

from __future__ import annotations

import re

from adapter.recalled import recalled

_PREFIXES = """
da Y Z E P T G M k h d c m u n p f a z y Ki Mi Gi Ti
"""
PREFIXES = tuple(_PREFIXES.split())
_METRIC = """
m s g rad K C cd mol sr Hz N Pa J W A V F Ohm S Wb Cel T H lm lx Bq Gy Sv gon l L ar t bar u eV pc g% [g]
dyn erg P Ky St kat U B B[SPL] B[V] B[mV] B[uV] B[10.nV] B[W] B[kW] Gal Bi G Oe Gb sb Lmb ph Ci R RAD REM
bit By Bd st m[H2O] m[Hg] mho cal_[15] cal_[20] cal_m cal_IT cal_th cal Np bit_s [c] [h] [k] [eps_0]
[mu_0] [e] [m_e] [m_p] [G] [ly] gf [iU] [IU] eq osm [arb'U] mo_j kp Mx att tex [mclg'U] [p'diop] [CFU]
[Cal]
"""
METRIC = frozenset(_METRIC.split())
_PLAIN = """
10* 10^ [pi] % [ppth] [ppm] [ppb] [pptr] ' '' deg min h d a_t a_j a_g a wk mo_s mo_j mo_g mo AU atm
[lbf_av] [in_i] [ft_i] [yd_i] [mi_i] [fth_i] [nmi_i] [kn_i] [sin_i] [sft_i] [syd_i] [cin_i] [cft_i]
[cyd_i] [bf_i] [cr_i] [mil_i] [cml_i] [hd_i] [ft_us] [yd_us] [in_us] [rd_us] [ch_us] [lk_us] [rch_us]
[rlk_us] [fth_us] [fur_us] [mi_us] [acr_us] [srd_us] [smi_us] [sct] [twp] [mil_us] [in_br] [ft_br]
[rd_br] [ch_br] [lk_br] [fth_br] [pc_br] [yd_br] [mi_br] [nmi_br] [kn_br] [acr_br] [gal_us] [bbl_us]
[qt_us] [pt_us] [gil_us] [foz_us] [fdr_us] [min_us] [crd_us] [bu_us] [gal_wi] [pk_us] [dqt_us] [dpt_us]
[tbs_us] [tsp_us] [cup_us] [foz_m] [cup_m] [tsp_m] [tbs_m] [gal_br] [pk_br] [bu_br] [qt_br] [pt_br]
[gil_br] [foz_br] [fdr_br] [min_br] [gr] [lb_av] [oz_av] [dr_av] [scwt_av] [lcwt_av] [ston_av] [lton_av]
[stone_av] [pwt_tr] [oz_tr] [lb_tr] [sc_ap] [dr_ap] [oz_ap] [lb_ap] [oz_m] [lne] [pnt] [pca] [pnt_pr]
[pca_pr] [pied] [pouce] [ligne] [didot] [cicero] [degF] [degR] [degRe] [Btu_39] [Btu_59] [Btu_60] [Btu_m]
[Btu_IT] [Btu_th] [Btu] [HP] [in_i'H2O] [in_i'Hg] [PRU] [wood'U] [diop] [mesh_i] [Ch] [drp] [hnsf'U]
[MET] [hp'_X] [hp'_C] [hp'_M] [hp'_Q] [hp_X] [hp_C] [hp_M] [hp_Q] [kp_X] [kp_C] [kp_M] [kp_Q] [pH] [S]
[HPF] [LPF] [USP'U] [GPL'U] [MPL'U] [APL'U] [beth'U] [anti'Xa'U] [todd'U] [dye'U] [smgy'U] [bdsk'U]
[ka'U] [knk'U] [D'ag'U] [FFU] [PFU] [CCID_50] [TCID_50] [EID_50] [PNU] [Lf] [Amb'a'1'U] [BAU] [AU] [IR]
[psi] [car_m] [car_Au] [m/s2/Hz^0.5] bit_s [den] circ sph [smoot] [tb'U] mho [ELU] [EU] [arb'U] [iU]
[CAE'U] [NTU] [FNU] [rad10] [ratio]
"""
PLAIN = frozenset(_PLAIN.split())
_TERM = re.compile(r"(\[[^\]]*\]|[^\d+\-{}()./\[\]\s]|10[*^])+")
_NUMBER = re.compile(r"[0-9]+")
_SPACED = re.compile(r"\s(?![^{}]*\})")  # blanks stand in annotations only
_EXPONENT = re.compile(r"[+-]?[0-9]+$")
MAX_LENGTH = 200


@recalled(4096)
def is_unit(code: str) -> bool:
    """Whether the code is a UCUM unit."""
    if not code or len(code) > MAX_LENGTH or not code.isascii() or _SPACED.search(code):
        return False
    rest = _main(code)
    return rest == ""


def _main(text: str) -> str | None:
    """Read a whole term; what is left, or None when it is wrong. A slash before any part is let pass."""
    rest: str | None = text
    while True:
        rest = _component((rest or "").removeprefix("/"))
        if rest is None or not rest or rest[0] not in "./":
            return rest
        rest = rest[1:]


def _component(text: str) -> str | None:
    if text.startswith("("):
        inner = _main(text[1:])
        return inner[1:] if inner is not None and inner.startswith(")") else None
    if text.startswith("{"):
        rest = _annotation(text)
        return _component(rest) if rest is not None and rest.startswith("{") else rest
    match = _SIMPLE.match(text)
    if match is None:
        return None
    unit = match.group()
    if not (unit.removeprefix("-").isdigit() or _annotatable(unit)):
        return None
    return _annotation(text[match.end() :]) if text[match.end() :].startswith("{") else text[match.end() :]


def _annotation(text: str) -> str | None:
    end = text.find("}")
    return None if end < 0 or "{" in text[1:end] else text[end + 1 :]


_SIMPLE = re.compile(r"(?:10[*^][+-]?[0-9]*|-?[0-9]+|(?:\[[^\]]*\]|[^\[\]{}()./\s])+)")


def _annotatable(unit: str) -> bool:
    if unit.startswith(("10*", "10^")):
        return True
    if _atom(unit):
        return True
    match = _EXPONENT.search(unit)
    return bool(match and match.start() and _atom(unit[: match.start()]))


def _atom(unit: str) -> bool:
    if unit in METRIC or unit in PLAIN:
        return True
    return any(unit.startswith(p) and unit[len(p) :] in METRIC for p in PREFIXES)
