"""Single words that name a reason when nothing more exact was said, in all languages at once.

`Nevadas`, `diefstal`, `unclaimed`: such a word alone decides only after the phrases and the pairs
found nothing, so that a road that is closed is never taken for a shop. No word stands here that is
said of other things as well, such as "time" or "name". Spelt as in `phrases.py`; in their order,
the first that has a word in the text wins.
"""

from __future__ import annotations


def _any(text: str) -> str:
    return "|".join(text.split())


SIGNS: dict[str, str] = {
    "documents_missing": _any("documents documentos documentation dokument*"),
    "customs_hold": _any("""
        customs clearance clearing border zoll* verzoll* douane dedouanement aduan*
        inklaring odpraw* celn* clo cla dogan* sdoganament* alfandeg* جمارك *جمركي*
        """),
    "damaged": _any("""
        pieces shattered glasbruch bruchschaden wasserschaden breakage avaria potluczon*
        hasar
        """),
    "lost": _any("""
        whereabouts stolen theft robbed robbery missing unauffindbar* verlust* gestohlen*
        diebstahl vole volee extravi* robad* robo gestolen diefstal zagub* zagin* kradziez*
        skradzion* furto rubat* roubo roubad* tracer *مفقود* *ضياع* *سرقه* *فقدان* चोरी गुम
        """),
    "weather_delay": _any("""
        landslide* mudslide avalanche heat heatwave hitze* canicule hitte* upal* wind winds
        windy snow* blizzard* storm* hurricane typhoon cyclone tornado flood* fog icy hail
        weather rain earthquake wildfire schnee* *unwetter* *witterung* *sturm* hochwasser*
        glatteis* nebel neige* tempete* verglas inondation* intemperie* vent vents meteo*
        orage* nevad* nieve tormenta* temporal viento* inundaci* lluvia* meteorologic*
        granizo sneeuw* storm onweer overstroming* gladheid *weer sniezyc* opady snieg*
        burz* pogod* powodz* wichur* maltempo neve alluvione tempesta chuva* enchente*
        tempestade barish toofan baadh
        """),
    "identification_failed": _any("""
        otp signature unterschrift signatur handtekening podpis* ausweis* altersnachweis
        alters* legitim* passport ausweisen majorite *identit* identidad identiteit
        tozsamosci pelnoletn*
        """),
    "refused": _any("""
        refus* declin* reject* *verweiger* abgelehnt* ablehn* rehus* rechaz* weiger*
        geweigerd odmow* odmaw* odrzuc* rifiut* recus* rejeit* *رفض* inkar
        """),
    "payment_due": _any("unpaid unbezahlt* impaye* onbetaald* nieoplac* niezaplac* impagad*"),
    "moved": _any("""
        vacant moved relocated verzogen* umgezogen* weggezogen* demenage* mudado mudo mudou
        verhuisd wyprowadz* przeprowadz* trasferit* traslocat* forwarding
        """),
    "phone_missing": _any("rufnummer telefonnummer telefoonnummer"),
    "access_restricted": _any("""
        garita porteria vigilante driveway zugangscode* turcode* toegangscode poortcode dogs
        hund hunde hundes chien chiens perro perros hond honden pies psy psa psow cane cani
        cao cachorro animal gate buzzer intercom doorbell klingel* gegensprech* interphone
        sonnette telefonillo timbre deurbel bel domofon* dzwonek citofono interfone digicode
        security guard roadblock roadworks construction bauarbeiten* baustelle* sperrung*
        travaux chantier obras werkzaamheden wegwerkzaamheden lavori acces acceso accesso
        acesso access toegang dostep* zugang zutritt zufahrt unrest cordon police polizei*
        policja curfew lockdown protest riots
        """),
    "out_of_area": _any("*gebiet *gebiets *gebiete *gebied"),
    "business_closed": _any("""
        weekend dicht closed closing closure geschlossen* ferme fermee fermes fermeture
        cerrad* cierre gesloten zamkniet* nieczynn* chius* fechad* *مغلق* feiertag* holiday
        holidays festivo feriado ferie feestdag swieto betriebsferien
        """),
    "not_collected": _any("""
        lagerfrist* abholfrist* aufbewahrung* bewaartermijn unclaimed uncollected
        """),
    "address_not_found": _any("demolished abgerissen demoli* derribad* gesloopt zburzon*"),
    "address_incorrect": _any("""
        address addresses addresse adresse adressier* adressage adressfehler* adressproblem*
        anschrift* direccion adres
        adresu adresie indirizzo endereco pata postcode postleitzahl pincode *عنوان*
        """),
    "locker_unsuitable": _any("""
        locker lockers *fach compartment packstation paczkomat* casier consigne
        """),
    "recipient_unavailable": _any("""
        absent absente ausente* assente abwesend* afwezig nieobecn* unavailable unreachable
        uncontactable unattended *غائب* gaib
        """),
    "not_attempted": _any("""
        puncture* tyre reifenpanne* crevaison crevee pinchazo opona opony gomma pneu stau
        """),
    "courier_problem": _any("""
        strike krank sick ziek malade enfermo chory staff* capacity overload* uberlast*
        industrial streik* greve huelga staking stakingen strajk* sciopero misroute*
        misrouted missort* missent fehlleit* fehlsortier* fehlgeleitet* acheminement
        misdirect* accident unfall ongeval wypadek incidente sinistre mechanical hartal
        """),
    "rescheduled": _any("""
        reschedul* postpone* later deferred *verschoben* terminverschieb* wunschtermin*
        report reporte* reportee aplazad* pospuest* uitgesteld* przelozon* rinviat* adiad*
        *تاجيل* *موعد*
        """),
}
