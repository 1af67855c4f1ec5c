"""Phrases put together from words of a kind: whoever is away, whatever is closed, wrong, not found.

Spelt as in `phrases.py`. Couriers' people write the same in hundreds of ways; what they mean stands
in a few words and their order.
"""

from __future__ import annotations

_WHO = "customer|recipient|receiver|consignee|addressee|occupant|resident|buyer|client"
_CANNOT = "cannot|couldn|t|unable|not|no|wasn|weren|failed"
_UNIT = "apartment|apt|flat|unit|suite|floor|building|house|door|room|block|street"
_PLACE = (
    "business|office|shop|store|company|premises|reception|branch|desk|school|site|restaurant"
    "|warehouse|receiver"
)
_ENTRANCE = "gate|barrier|door|entrance|lobby|building|driveway|road|bridge"
_WRONG = "wrong|incorrect|invalid|bad|incomplete|insufficient|inaccurate|illegible|mismatched"
_PARCEL = "parcel|package|shipment|item|consignment|packet"
_ID = "id|passport|licence|license|aadhaar|aadhar|identification|identity|otp|pin"

_KUNDE = "empfanger|empfangerin|kunde|kundin|adressat|adressatin|bewohner"
_LADEN = "firma|geschaft|laden|buro|betrieb|praxis|unternehmen|empfang|pforte"
_ANSCHRIFT = "adresse|anschrift|hausnummer|strasse|postleitzahl|plz|strassenname|ort"
_AUTO = "fahrzeug*|auto|wagen|lieferwagen|transporter"
_FILIALE = "filiale|postfiliale|paketshop|packstation|agentur|poststelle|abholstation|abholort"

_QUI = "destinataire|client|cliente|receptionnaire"
_LOCAL = "local|magasin|entreprise|bureau|societe|commerce|boutique|etablissement"
_VOIE = "rue|voie|batiment|etage|appartement|escalier|numero|adresse"
_RELAIS = "relais|agence|consigne|point|boutique"

_QUIEN = "destinatario|destinataria|cliente|receptor"
_TIENDA = "tienda|oficina|empresa|local|comercio|negocio|establecimiento|almacen"
_DIRECCION = "direccion|calle|portal|piso|numero|codigo"
_OFICINA = "oficina|punto|tienda|taquilla|correos|consigna"

_WIE = "ontvanger|klant|geadresseerde|bewoner"
_ZAAK = "zaak|winkel|bedrijf|kantoor|receptie|onderneming"
_STRAAT = "adres|straat|straatnaam|huisnummer|postcode|toevoeging|plaats"

_KTO = "odbiorc*|adresat*|klient*"
_SKLEP = "firma|sklep|biuro|lokal|punkt|zaklad|recepcja"
_ADRES = "adres|ulica|numer|kod"

BUILT: dict[str, str] = {
    "not_attempted": f"""
        vehicle|van|truck|car|bike|lorry .. breakdown|puncture|broke; {_AUTO} .. defekt|panne|kaputt
        fahrzeugdefekt*; fahrzeugausfall; gadi|gaadi .. kharab|band; voertuig .. defect|kapot|pech
        samochod .. zepsut*|awaria; awari* .. pojazdu|samochodu
        kurier .. nie dotarl*|dojechal*|przyjechal*
        driver|courier|rider|agent unavailable
        vehiculo .. averiad*|averia
        vehicule .. panne; not|never .. left|loaded .. depot|van|vehicle
        gaya|aaya|aya hi nahi; gaya|aaya|aya nahi deliver*; nahi aaya|aya|gaya
        not tried|visited; unattempted; driver|courier|rider|agent .. not .. come|arrive|show
        driver|courier|rider|agent never came|arrived|visited; attempt not done
        attempt could|can not be made; zero|0 attempts !left|remaining; aucun* passage|tentative
        alcun tentativo
        no se ha intentado; ningun intento; nenhuma tentativa; geen .. poging; zadnej proby
        delivery|stop|address skipped; out of fuel|petrol|charge
        vehicle|van|truck .. accident; furgoneta|camion|coche .. averiad*
        out of hours .. could|unable; too many stops|parcels|deliveries
        van|vehicle|truck .. full|overloaded; round|route|tour|shift .. cancelled|canceled|aborted
        pas .. terminer|finir|achever .. tournee
        tournee .. pas|non .. achevee|finie|terminee|completee; non achevee|effectuee
        nie zdazyl*|zdazono; ronde|route .. niet; nicht geschafft|angefahren; nicht mehr geschafft
        driver|courier|rider|agent .. not .. reach|visit; pas .. presente chez
        no .. paso el repartidor
        pas .. temps; nie starczylo czasu; zabraklo czasu
        """,
    "ready_for_pickup": f"""
        waiting|waits|ready|held|kept .. parcelshop|locker|shop|store|kiosk; for you to collect
        left at the post office; taken to the post office; taken to .. parcelshop|locker|shop|store
        in|eine|einer|die|der {_FILIALE} .. abhol*|gebracht|hinterlegt
        beim|im|zum {_FILIALE} .. hinterlegt
        disponible en|dans|au relais|consigne; attend en|au|dans {_RELAIS}
        disponible .. oficina|punto .. correos|recogida; esperando|espera en {_OFICINA}
        naar een .. punt gebracht; postnl punt gebracht; in een kluis|pakketautomaat|locker
        wacht op u; czeka|oczekuje .. punkcie|paczkomacie|placowce
        {_WHO} will|wants|wishes .. pick|collect .. at|from
        {_WHO} .. ask*|request*|want*|prefer* .. collect|collection|pickup|pick
        {_QUI}|{_QUIEN}|destinatari* .. demande*|souhaite|solicit*|chie* .. retirer|retirada|ritiro
        recoger* .. delegacion|oficina|tienda|punto
        holt .. selbst ab; holt .. in .. filiale|depot ab; viendra .. chercher|retirer
        passera .. chercher
        you|customer can|may collect|pick|fetch .. at|from|in|up
        left|lodged|deposited|waiting|waits .. post office
        filiale|paketshop|packstation|shop bereit
        at|in .. post office .. collect; depose* .. bureau de poste
        liegt in|ab .. filiale|paketshop|packstation|agentur|postfiliale
        liegt|lagert|wartet .. filiale|paketshop|packstation|postamt|agentur .. bereit|auf
        vous|il attend|attendent .. bureau|relais; retirer|recuperer .. relais|bureau|agence
        puede recoger*|retirar*; kunt .. ophalen|afhalen; mozna|mozesz odebrac
        puo|puoi ritirar*; pode levantar|retirar
        """,
    "duties_unpaid": """
        duty|duties|vat|tax|taxes|charges .. paid|unpaid|owed|outstanding|pay
        awaiting|pending .. duty|duties|tax|vat; duty|duties|vat|customs .. payment
        """,
    "payment_due": f"""
        {_WHO} .. no|without change|cash|money; no|without exact change; has|had|have no change
        kein|keine|ohne bargeld|geld|kleingeld; sans .. argent|espece|especes|monnaie
        sin .. dinero|efectivo|cambio; geen .. cash|contant|contanten|geld|wisselgeld
        nie mial*|bez .. gotowki|pieniedzy; paisa|paise|cash .. nahi|nhi
        refus* .. payer|regler|paiement; odmow* .. zaplat*|platnosci; weiger* .. betalen|betaling
        rifiut* .. pagare|pagamento; niega .. pagar; rechaz* .. pago|pagar
        nie chce .. placic|zaplacic
        {_WHO} .. pay .. card|online|upi|qr|cheque|installments; {_CANNOT} .. afford|pay
        couldn|can|didn|wouldn t pay; nicht .. genug|genugend|ausreichend .. geld|bargeld
        zu wenig geld|bargeld; pas .. somme|appoint; onvoldoende|weinig|genoeg geld|cash|contant
        za malo|brakuje .. pieniedzy|gotowki; mit karte .. zahlen|bezahlen; payer .. carte
        pagar .. tarjeta; pinnen; zaplacic .. karta; pagare .. carta; pagar .. cartao
        """,
    "refused": f"""
        not|n|didn|doesn|don .. want* .. {_PARCEL}|delivery|order|it; never .. ordered
        {_WHO} .. not|didn|doesn .. want; veut .. pas .. colis|envoi|livraison; refus .. {_QUI}
        zrezygnow*; nie zamawial*; rezygnacja .. odbiorcy|adresata; nicht .. bestellt
        annahme .. abgelehnt|verweigert|verweigerung; lehnt* .. annahme|ab; afgewezen
        niet .. besteld; no .. pidio|pedido|solicito; desist*; se nego|niega|negou a
        order nahi kiya|diya|tha
        won|wouldn|didn|doesn|not|never .. accept*
        {_WHO} .. demand*|insist*|want* .. check|inspect|open|try
        said|says no; {_WHO} .. not|won|wouldn .. take|accept|sign|receive .. {_PARCEL}|delivery
        turned away|down|back .. {_PARCEL}|delivery|courier|driver|it
        order* .. mistake|error|accident; no longer wanted|needed|required
        storniert .. vom|durch kunde*|empfanger*; not wanted; unwanted
        {_PARCEL}|order|goods .. not .. wanted|needed
        mochte|will|wollte|wunscht .. sendung|paket|ware|lieferung|bestellung .. nicht
        nicht|nie .. gewollt|erwunscht|gewunscht; zuruckgewiesen; irrtumlich bestellt
        plus besoin; command* .. erreur; ne souhaite|desire plus; non voulu*
        ne souhaite|desire pas .. colis|recevoir
        ya no lo quiere|necesita|desea; no desea .. envio|pedido|recibir; pedido por error
        wil .. pakket|zending .. niet
        hoeft .. pakket|zending niet; ongeluk besteld; nie potrzebuje; zamowi* .. pomylk*; rezygnuj*
        non lo vuole; ordinat* .. errore; nao deseja; encomend*|pedido .. engano; desistencia
        """,
    "identification_failed": f"""
        {_ID} .. presented|shown|produced|available|provided|shared; otp .. nahi|nhi
        no|without|missing {_ID}; {_ID} missing|expired|mismatch; kein|keinen ausweis
        {_ID} .. not .. carry|have|hand; signature|pod .. not obtained|given|possible
        otp .. wrong|incorrect|expired|failed; failed otp|id|age
        """,
    "damaged": f"""
        przesylka|paczka|sendung|zending niekompletn*|unvollstandig|onvolledig
        colis|envoi|envio incomplet*
        {_PARCEL}|goods|contents|box .. broken|defective|smashed|burst|soaked|wet|ripped
        ware|sendung|paket|inhalt .. defekt|kaputt|zerbrochen|zerrissen|nass
        zniszczon* opakowani*|paczk*
        wet|soaked|crushed|torn|ripped|smashed|leaking|opened {_PARCEL}|box|carton|packaging
        """,
    "lost": f"""
        {_CANNOT} .. find|locate|trace .. {_PARCEL}; {_PARCEL} .. not .. found|traced|located
        {_PARCEL} .. missing from|in|since; nicht .. gefunden .. sendung|paket; zgubion*; zgub*
        {_PARCEL} .. stolen|vanished|disappeared; pakket|zending|pakje .. kwijt|zoek|verdwenen
        paket|sendung .. verschwunden|weg|abhanden; abhandengekommen
        colis|envoi .. disparu|vole; paquete .. desaparecid*|robad*; zaginiec*; utracon*; utrat*
        """,
    "weather_delay": """
        wintereinbruch; schnee*; lluvias; schneefall; schneefalle; gewitter; uberschwemm*
        unwetterbedingt; canicule
        """,
    "documents_missing": """
        invoice|document*|licence|license|papers .. needed|required|missing|pending|awaited
        paperwork|proforma .. needed|required|missing|pending|awaited
        rechnung|unterlagen|dokument* .. fehl*|benotigt|erforderlich; facture|document* .. manquant*
        factura|document* .. requerid*|necesari*; factuur|papieren .. ontbre*|nodig
        """,
    "out_of_area": """
        beyond|outside|out .. delivery|service|coverage .. limit|limits|area|zone|radius
        don|not|no|doesn .. deliver*|delivery .. this|your postcode|pincode|zip
        don|not|no|doesn .. deliver*|delivery .. this|your area|location|address
        hors|fuera|out|outside|poza|buiten|ausserhalb .. zone|zona|strefy|secteur|*gebiet*|*gebied
        poza .. obszar*; remote location|village|town|zone; no service; outside .. route|zone|radius
        area|location|zone|pincode .. not covered|served|serviced
        """,
    "moved": f"""
        {_WHO} .. moved|relocated|shifted; {_WHO} .. gone away;
        {_WHO} .. left the address|premises|building|company|city|country; ghar .. shift|badal
        {_QUIEN} .. trasladado|mudado|mudo; {_QUI} .. demenage|parti
        {_KUNDE} .. verzogen|umgezogen; {_WIE} .. verhuisd; {_KTO} .. wyprowadz*|przeprowadz*
        {_WHO} .. left this|that; no longer .. works|employed|resident|resides|tenant|stays
        wyprowadzil*|wyprowadzk*; ist weggezogen; weggezogen
        wohnt|lebt .. nicht mehr; ausgezogen; left the company|firm|job|organisation|organization
        quitte .. entreprise|societe|poste; nicht mehr im unternehmen; uit dienst
        zmienil* .. adres*
        no longer|doesn .. live*; vit|habite plus; woont .. niet|nicht meer
        nie .. mieszka; mieszka nie; non abita|vive; nao mora|reside
        a quitte .. adresse|logement
        ya no reside|trabaja; werkt .. niet meer; nie pracuje; non lavora; nao trabalha
        """,
    "business_closed": f"""
        {_PLACE} .. closed|shut|unattended; {_PLACE} not open; {_LADEN} .. geschlossen|zu|ruhetag
        ruhetag; nicht besetzt; nur .. besetzt; shutter* down; {_LADEN} .. nicht geoffnet
        {_LOCAL} .. ferme|fermee|ferme*; {_TIENDA} .. cerrad*
        {_ZAAK} .. dicht|gesloten; {_SKLEP} .. zamkniet*|nieczynn*|zamknie*
        dukan|dukaan|office .. band; office|business|opening|working hours over
        not receiving|accepting .. goods|deliver*|parcels|today
        not receiving; receiving|delivery time|hours .. restricted|limited
        restricao .. horario; restriccion .. horari*; cessat* attivita; non in attivita
        unbesetzt; onbemand; sans personnel
        """,
    "address_not_found": f"""
        {_CANNOT} .. find|locate|trace .. address|property|house|premises|street
        {_CANNOT} be found|located|traced; not|never be found|located|traced
        {_ANSCHRIFT} .. nicht .. gefunden|existiert|vorhanden
        {_ANSCHRIFT} .. unbekannt|unauffindbar; {_VOIE} .. introuvable|inexistante|inconnue
        {_DIRECCION} .. desconocida|inexistente|encontrada|existe
        {_STRAAT} .. bestaat|onvindbaar|onbekend; {_ADRES} .. nie .. istnieje|znaleziono|odnaleziono
        address|pata|location .. nahi|nhi .. mil|mila|mile
        address|street|house|building|location .. doesn|not|don .. exist
        street|road|house|building|address|number .. not found|located|traced; not on .. map
        unknown|inexistent|nonexistent street|address|road|house|number
        nie ma takie* numer*|adres*|ulic*
        no such house|street|road|address|building
        address|house|location .. t be found; {_DIRECCION} .. localiza|localizo|encuentra|encontro
        no .. localiza* .. {_DIRECCION}
        domicilio .. no .. localiz*|encontr*; {_STRAAT} .. niet .. gevonden|vinden
        {_ANSCHRIFT} .. nicht .. finden|auffindbar; {_VOIE} .. pas .. trouve*|existe*
        nie .. odnalez*|znalez* .. {_ADRES}|adresu|ulicy|budynku
        """,
    "address_incorrect": f"""
        {_WRONG} .. address|street|{_UNIT}|number|postcode|zip|city|town|name .. label
        {_WRONG} address|street|{_UNIT}|house|postcode|postal|zip|pin|city|town|delivery
        missing|no|need|lacks|without {_UNIT}|postcode|landmark
        missing .. apartment|flat|unit|suite|number|postcode|zip|street
        correct|complete|full|proper|exact .. address|road|street|city|town|name .. needed|required
        home|house number .. needed|required; blednie|zle zaadresowan*
        falsch|mal adressiert|adresse
        {_ANSCHRIFT} .. falsch|fehlt|fehlen|unvollstandig|unklar|ungenau|ungultig|unleserlich
        falsch*|fehlend*|unvollstandig*|ungultig*|unklar* {_ANSCHRIFT}
        {_VOIE} .. manquant|manquante|incorrect|incorrecte|errone|erronee|incomplet|incomplete
        {_DIRECCION} .. incorrect*|incomplet*|errone*|equivocad*|insuficiente|faltan|falta
        {_STRAAT} .. onjuist|onvolledig|fout|ontbreekt|onduidelijk|incorrect|klopt|ongeldig
        {_ADRES} .. bledny|niepelny|niekompletny|nieprawidlowy|niepoprawny|zly
        address|pata .. galat|adhura|adhoora
        label .. illegible|unreadable|smudged|torn|lost; illegible; unreadable; unleserlich*
        illisible*
        ilegible*; onleesba*; nieczyteln*; illeggibil*; sans|ohne|sin|senza|bez|zonder hausnummer
        sans|sin|senza numero; senza civico; bez numeru; zonder huisnummer; sem numero
        {_WRONG} .. address|postcode|pincode; postal|adresse .. inexact*|faux|fausse|invalide
        address|postcode|zip .. not .. match|complete|clear|correct|valid|enough
        mal escrit*; zly|bledny numer; {_ANSCHRIFT} .. nicht .. korrekt|richtig|vollstandig|lesbar
        """,
    "access_restricted": f"""
        {_CANNOT} .. get in|into|inside|through|past
        {_CANNOT} .. enter|access|reach .. {_UNIT}|gate
        {_ENTRANCE} .. locked|blocked|flooded|closed; no key; rasta|gate .. band
        zugang .. versperrt|gesperrt|verweigert|unmoglich; kein .. zugang|zutritt
        tor|tur|haustur|eingang|schranke|pforte .. verschlossen|zu|gesperrt|abgeschlossen|versperrt
        access|door|gate|entry|building code .. missing|needed|required|provided|wrong|unknown
        lift|elevator .. out|broken|working|order|defective|faulty; aufzug .. defekt|kaputt|betrieb
        ascenseur .. panne; ascensor .. averiad*|funciona; lift .. kapot|defect
        winda .. nie|zepsut*
        ascensore .. guasto|rotto; elevador .. quebrado|avariado; bissiger|freilaufender hund
        vicious|aggressive|loose|dangerous|unleashed|barking|guard dog
        dog .. yard|property|premises|garden|loose|prevent*|danger*|unsafe; n .. pas .. acceder
        """,
    "recipient_unavailable": f"""
        {_WHO} .. out|away|absent|abroad|asleep; nobody|noone; didn|doesn|wouldn t answer|respond
        no one|person|body .. home|in|there|available|answer*; no answer|reply|response|resident
        keiner; {_KUNDE} .. nicht da|daheim|zuhause|angetroffen|erreicht
        nicht zu erreichen|sprechen; {_QUI} .. absent
        personne .. domicile|present|maison; {_QUIEN} .. ausente|fuera; nadie
        {_WIE} .. afwezig|weg; {_WIE} .. niet thuis; {_KTO} .. nieobecn*
        {_KTO} .. nie bylo|zastan*; nie bylo .. domu
        {_WHO} .. nahi|nhi .. mila|mil|tha; mila nahi; bahar .. gaya|gaye|hai
        urlaub; urlaubs*; en vacances; de vacaciones; op vakantie; na urlopie; in ferie
        {_WHO} .. travelling|traveling|overseas|holiday|hospital; phone|mobile .. unreachable|dead
        didn|doesn|not|never|won .. pick|picking|answer|attend .. phone|call|calls|mobile|door
        not|didn|doesn|nobody|noone|won .. open .. door; nobody|noone opened|opens|came
        {_CANNOT} .. reach|contact|raise|meet .. {_WHO}; nicht zugegen|daheim|erschienen
        nicht vor ort; nie udalo .. skontaktow*; number band|bandh; left a note; anruf* .. erfolg*
        kein|keine|keinen .. angetroffen
        offnet|offnete|machte|macht .. nicht .. auf; turoffnung; offnet|offnete nicht
        n ouvre|ouvrent pas; pas ouvert; no abre*|abrio; telefono|movil apagado|desconectado
        niet open*; doet|deed .. niet open; telefoon .. uit; telefon .. wylaczony|milczy
        nie otwier*|otworzyl*; bez odpowiedzi; nessuno .. risposto|aperto|apre; fuori casa|sede
        telefono|cellulare spento; nao abriu|abre; telefone|celular desligado
        shehar|sheher|city|gaon se bahar|gaya; phone|mobile switch off
        """,
    "unable_to_locate": f"""
        empfangername*; name stimmt|passt nicht; name .. not .. address|door|bell|label|list
        not at this address
        name .. nicht .. klingel*|briefkasten|tur; kein .. name; nom .. absent|introuvable
        {_WHO}|person|company .. unknown|untraceable; {_WHO}|person .. not known
        no such {_WHO}|person|name
        nicht bekannt; non identifi*; pas .. identifie*
        unter .. anschrift|adresse nicht .. ermitteln|bekannt|gemeldet; inconnu* .. adresse
        """,
    "rescheduled": f"""
        {_KUNDE} .. wunscht|mochte|bittet .. zustellung|lieferung|termin|spater|samstag|montag|abend
        {_QUI} .. demande|souhaite .. autre|samedi|soir|lendemain
        {_QUI} .. demande|souhaite .. plus tard
        asked .. come|deliver
        {_QUIEN} .. solicita|pide .. otro|otra|sabado|tarde|manana; {_WIE} .. wil .. andere|later
        {_KTO} .. prosi|chce .. inny|innego|pozniej
        demande* un report; {_WHO} will be available|home|back; programme* par .. {_QUI}
        livraison programmee par
        deliver .. monday|tuesday|wednesday|thursday|friday|saturday|sunday
        {_WHO} .. request*|ask*|want*|prefer*|wish* .. next|later|future|another|week|date|slot
        {_WHO} .. request*|ask*|want*|prefer* .. monday|tuesday|wednesday|thursday|friday|sunday
        """,
    "undeliverable": """
        falecid*; non|no livrable*|consegnabil*|entregable; non consegnab; deceased
        died; verstorben; decede*; fallecid*; overleden; zmarl*; decedut*
        """,
}
