"""What UPS's codes of type X mean: its published table "Package Exceptions", each code decided.

And those of its table "Delivery Codes" that are no delivery to the customer, although their type
is D.

Most of them are no failed delivery: news of clearance, of delays, of changes that were asked for.
"""

from __future__ import annotations

_NUMBERED: dict[str, tuple[str, str, int | None]] = {
    "48": ("failed", "recipient_unavailable", 1),
    "KX": ("failed", "recipient_unavailable", 2),
    "49": ("failed", "recipient_unavailable", 3),
    "55": ("failed", "business_closed", 1),
    "G3": ("failed", "business_closed", 1),
    "L1": ("failed", "business_closed", 2),
    "AY": ("failed", "business_closed", 3),
    "51": ("failed", "payment_due", 1),
    "KZ": ("failed", "payment_due", 2),
    "52": ("failed", "payment_due", 3),
    "G7": ("failed", "identification_failed", 1),
    "FM": ("failed", "identification_failed", 2),
    "G8": ("failed", "identification_failed", 3),
}
"""Codes that say which attempt it was."""

_TABLE = {
    ("failed", "identification_failed"): "PI IR IQ",
    ("failed", "recipient_unavailable"): "C4 7L YD VI VJ DD OH HQ AX BR Y2 Y3",
    ("failed", "business_closed"): "ZM",
    ("failed", "attempt_failed"): "GB",
    ("failed", "access_restricted"): "95 A5 H7",
    ("failed", "moved"): "A7 C8",
    ("failed", "unable_to_locate"): "DW AB",
    ("failed", "address_incorrect"): """
        A6 A8 AA AC AD AE AF AG AK AL AW E1 FA H1 H2 H3 H4 H5 OJ YF A9 AV CY DS PH
    """,
    ("failed", "out_of_area"): "47 46 D4 CW",
    ("failed", "locker_unsuitable"): "84",
    ("failed", "phone_missing"): "TF",
    ("failed", "prohibited"): "73 DP TX U0 U3 UN UR US 9F C9 CA CV EX D2 HK I2 IY J0",
    ("failed", "courier_problem"): "5Z",
    ("failed", "rescheduled"): "S6",
    ("refused", "refused"): "AM AN AP AQ AS KQ KR KS KT 8H YE",
    ("refused", "payment_due"): "KI",
    ("returned", "not_collected"): "3N 6C",
    ("returned", "address_incorrect"): "TU YJ",
    ("returned", "returned"): "O4 DL KP UA UF I1 H8 PP YK CS RV O0 XU 4R 4S",
    ("returned", "prohibited"): "90",
    ("returned", "documents_missing"): "7H",
    ("lost", "lost"): "26 S9 TJ UO YM",
    ("lost", "destroyed"): "8D BZ 1F NI YL",
    ("damaged", "damaged"): "45 HR HE A1 A2 27 65 66 A3 A4 24 25 13 64 67 AJ HD TV",
    ("held", "to_pickup_point"): "89 2X 5R 6R",
    ("held", "ready_for_pickup"): "5G I5 ZP 39 S7 54 UE VB VN O5 O8 E2 6B LZ",
    ("delivered", "delivered"): "F4 FT KM",
    ("warning", "weather_delay"): "1E 2A 3D 6D 7V 7W 7X C5 DF DJ PZ",
    ("warning", "rescheduled"): """
        AH AZ OL AT 2 14 18 1B 1K 1O 3U 4M 6L 8K 8L 8Y 8Z CQ DG E0 FG G1 IB IJ O6 RO RW TH
        UD UT VD VG
    """,
    ("warning", "customs_hold"): """
        DE E4 E8 E9 5 OI CN CP 29 40 43 71 1U 1W 2B 2N 2T 4C 4T 7I 7M 7P 7S 7T 7U AO B3 B4
        B5 B6 B8 BA BB BD BE BG BH BJ BK BP BV BW BX C3 CE CF CT CX CZ D0 D5 DA DB DN DY ER
        ES EU EV EW FE FF GF GZ HW L2 L3 L5 LV MI OB OQ OT R1 R4 R5 R6 R7 RA RD RE RJ RM RP
        RR RS RU RZ S1 S2 S3 S4 S5 SF SI SJ SL SN SP SS SV SY T9 TE TG TT VK VP VQ VR X2 X3
        X4 X5 X6 X7 X8 X9 XA XB XC XE XG XJ XK XL XN XO XV XW XY XZ Y1 Y5 YA Z1 Z3
    """,
    ("warning", "delayed"): """
        4 6 7 8 DC DR DU E3 EH EN 1 3 11 15 16 17 19 22 23 31 34 68 87 1L 1M 1Q 1V 1X 2H 2Y
        2Z 3A 3B 3C 3T 4K 6E 7G 7R 7Y 7Z 8A 8C 8E 8F 8G 9L 9M 9N 9O 9P 9Q 9R 9S 9T 9U 9V 9X
        9Y 9Z B1 C6 CC CD CK CL CM D1 ED G6 G9 GC GH GI HA HH K1 K2 LE LF MT NP NW OD OS P6
        Q0 Q1 RY S8 TI TN UK VL YI
    """,
    ("warning", "held"): """
        72 MF UG Y7 T3 BF HO 5T 6T BT DT BQ 1G 1H OR 4P LI 4I D7 3S X0
    """,
    ("warning", "pickup_failed"): "G4 G5 KY",
    ("warning", "duties_unpaid"): "1C 7F D9 EY",
    ("warning", "documents_missing"): "B9 OM RX",
    ("progress", "on_the_way"): """
        30 33 37 56 59 60 63 76 77 78 79 91 92 93 99 1A 1D 1P 1T 2E 2G 2O 2R 2S 2U 2V 3J 3L
        3P 3Q 3R 3V 3W 3Z 4B 4F 4H 4J 4L 4N 4Q 4Y 4Z 5A 5B 5D 5S 5U 5V 5W 6G 6H 6I 6J 6K 6P
        6W 6X 6Z 7C 7D 7E 7N 7Q 8I 8M 8R 9C 9D 9I 9J 9K C7 CG CH CJ DQ E7 EO F0 F3 F5 F7 F8
        FN FW GD GN GO GQ GR GV H6 H9 HF HG HJ HL HM HN I3 I8 I9 IP J8 J9 JA JB JC JH JI JJ
        K5 K6 K7 K8 KN KO L0 L8 LH LN LO LQ LU LX LY O1 O2 O3 O7 O9 OA P4 P7 PG R3 R8 RB RC
        RF RG RH RI RK RL S0 SO SU SX T4 T5 T6 T7 T8 TA TB TC TK TL TO TR TS UI UL UP UW UX
        UZ V9 VA VE VF VH VM VU VV VW VX VZ W8 XD XS Y4 Y9 YG YR YS YT YU YV YW YX Z5 Z7 Z8
        ZA ZB ZC ZD ZK ZL ZN ZO ZS ZU ZV ZW ZX ZY ZZ
    """,
}

EXCEPTIONS: dict[str, tuple[str, str, int | None]] = _NUMBERED | {
    code: (kind, reason, None) for (kind, reason), codes in _TABLE.items() for code in codes.split()
}
"""Code → kind, reason, number of the attempt."""

NOT_DELIVERED: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("1N", "2Q", "EP", "ZQ"), ("held", "ready_for_pickup")),
    **dict.fromkeys(("50", "BO", "DZ"), ("failed", "address_incorrect")),
    "28": ("damaged", "damaged"),
    "53": ("refused", "refused"),
    "5F": ("failed", "not_collected"),
    "B0": ("returned", "returned_to_sender"),
    "CI": ("failed", "recipient_unavailable"),
    "CU": ("failed", "courier_problem"),
    "DI": ("failed", "payment_due"),
    "FZ": ("failed", "not_attempted"),
}
"""Code of type D → kind and reason."""
