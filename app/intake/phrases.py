"""The phrases couriers write, by what they mean: the data of `reasons.from_words`.

The first reason with a phrase in the text wins, so what decides stands before what merely stands
beside it: "refused to pay" is about the payment, "office closed" about the office.

A phrase is compared without case, accents and punctuation. `*` at the end of a word stands for
any ending, `..` for up to five words between, `a|b` for either of two words. `!a|b` says that
neither is among the next three words.
"""

from __future__ import annotations

_NOT_WHERE_ONE_COLLECTS = (
    "customs|border|airport|port|hub|facility|terminal|depot|warehouse|station|gateway|sorting"
    "|transit|transfer|origin|export|import|clearance|customer|recipient|receiver|consignee"
    "|sender|shipper|seller|request|requested|confirmed"
)

TABLE: tuple[tuple[str, str], ...] = (
    (
        "not_attempted",
        """
        not|nicht|non|pas|no|niet|nie|nao loaded|verladen|geladen|charge|chargee|cargad*|caricat*
        niet|nie|nao ingeladen|zaladowan*|carregad*; not on .. van|vehicle|truck|board
        nicht im|auf fahrzeug|auto|wagen|lkw; pas dans .. camion|vehicule; trop charge*
        not|didn .. enough time; lekke band; retard .. tournee; late arrival; arrived late
        at .. wrong station; rolled over
        too many deliveries|parcels|stops
        zu viele pakete|sendungen|stopps; demasiados envios|paquetes; trop de colis
        te veel pakketten
        not attempted; no attempt made|was; no attempt by; did not attempt; attempt not made
        delivery not attempted; could not attempt; could not be attempted; unable to attempt
        not out for delivery; driver ran out of time; ran out of time; time constraint
        insufficient time; short of time; vehicle break* down; vehicle breakdown
        vehicle broke down; vehicle accident; bike breakdown; delivery time over
        shift time over; fake attempt; fake remark; courier did not visit
        kein zustellversuch; nicht versucht; keine zustellung versucht; zustellung nicht versucht
        zustellung nicht moglich .. zeit*; aus zeitgrunden; fahrzeugpanne
        pas ete tentee; non tentee; aucune tentative; livraison non tentee; manque de temps
        panne du vehicule; no se intento; no intentad*; sin intento de entrega; falta de tiempo
        averia del vehiculo; geen bezorgpoging; niet geprobeerd; tijdgebrek; tijdsgebrek
        nie podjeto proby; bez proby doreczenia; brak proby; brak czasu
        delivery ka prayas nahi; attempt nahi kiya; gadi kharab
        van|lorry|tempo|truck|bike|scooter|vehicle .. broke down; stop|stops skipped|missed
        skipped stop
        route|round|tour|shift|run not completed|finished; route|round|shift ended; end of shift
        driver|courier|carrier ran late|out; not enough time; no time to deliver
        too late to deliver
        tour|route .. abgebrochen; tour|route .. nicht beendet|geschafft|abgeschlossen; zeitmangel
        keine zeit
        faute de temps; pas eu le temps; tournee .. interrompue|inachevee|annulee
        tournee non terminee
        dado|dio tiempo; ruta no completada|finalizada|terminada; fin de jornada; geen tijd
        tijdnood
        route|ronde niet afgerond|voltooid|afgemaakt; zabraklo czasu
        trasa|trasy nie .. zakonczon*|ukonczon*
        time nahi; time nhi; samay nahi
        """,
    ),
    (
        "locker_unsuitable",
        """
        not|didn|doesn|won|wouldn .. fit .. locker|compartment|machine|box|mailbox|station
        too large|big .. locker|compartment|machine; locker|lockers|compartment* .. full|occupied
        leeres fach; all .. lockers|compartments .. taken|used
        no .. free|empty|suitable .. locker*|compartment*
        passt|passte nicht .. packstation|fach|automat*|briefkasten|abholstation
        packstation|fach|facher|automat* .. voll|belegt|besetzt|uberfullt; kein .. fach .. frei
        entre|rentre pas .. consigne|casier|boite; consigne*|casier* .. plein*|complet*|occupe*
        trop .. consigne|casier; cabe|cabia|entra .. taquilla|casillero|buzon|consigna
        taquilla*|casillero*|consigna .. llen*|ocupad*|complet*
        past|paste niet .. kluis|automaat|brievenbus|locker; kluis|kluizen|automaat .. vol|bezet
        geen .. vrije|lege kluis|vakje; skrytk*|paczkomat* .. peln*|zajet*; nie zmiesc*|miesci*
        brak .. skryt*; locker|armadiett* .. pien*|occupat*; armario|locker .. cheio|lotado
        """,
    ),
    (
        "not_collected",
        """
        not collected; was not picked up; not been collected; not been picked up; unclaimed
        not claimed; uncollected; failed to collect; did not collect; no show at .. pickup
        holding period expired; storage period expired; retention period .. expired
        maximum hold; maximum days to hold; max* hold time; abholfrist abgelaufen
        lagerfrist abgelaufen; nicht abgeholt; nicht abgeholte; non reclame*; non retire*
        pas ete retire*; delai de retrait; delai de garde; delai d instance depasse
        no reclamad*; no recogid*; no retirad*; plazo de recogida; niet afgehaald
        niet opgehaald; bewaartermijn; nieodebran*; nie odebran* w terminie; nie podjet*
        uplynal termin odbioru; termin odbioru minal; niepodjet*
        collection|storage|holding|retention|pickup period|time|window .. expired|elapsed|over
        collection|pickup|storage|pick deadline|date .. passed|missed|over|expired
        storage|holding days|time|limit .. exceeded|over; failed to pick|collect
        not .. picked up|collected by; non recupere*; pas recupere*
        nobody came to collect; nobody collected; nicht in|aus|von|beim|am .. abgeholt
        not picked|collected .. from|at !sender|shipper|seller|merchant|warehouse|vendor|origin
        aufbewahrungsfrist; abholzeit* abgelaufen
        abandoned by; abandonn* par; nessuno ritira; minal|uplynal|przekroczon* .. odbioru
        collection|storage|holding|retention|pickup days .. expired|elapsed|over|exceeded
        """,
    ),
    (
        "ready_for_pickup",
        """
        selbst .. ab|abholen; zelf .. op|ophalen|afhalen; odbior osobist*|wlasny
        retrait en|au|a agence|bureau|depot|relais|magasin; pick|picks|collect up from|at depot|hub
        stored|kept|left|waits|waiting at|in .. office|branch|shop|depot .. collect*|pick*
        pick up from|at .. depot|hub|branch|office; collect from branch; collect from hub
        collect from office; collect from the branch
        self collect*; self pickup; self pick up; consignee to collect; customer to collect
        own collection; w punkcie obslugi; reclam* en oficina|punto|agencia; a disposicion del|de
        recogera* en .. agencia|tienda|punto
        abholstation|abholpunkt|empfangsbox|abholbox .. eingelangt|eingetroffen|angekommen
        consignee will collect; customer will collect; customer wants to collect
        available for pick up; available for pickup; available for collection
        ready for collection; ready for pick up; ready for pickup; ready to be collected
        ready to collect; awaiting collection; awaiting customer pickup; awaiting pick up
        awaiting customer pick up; awaiting customer collection; held for pick up
        held for pickup; held for customer pick*; held for collection; holding for collection
        awaiting .. pick up; awaiting .. pickup; remains at .. access point
        requires pickup from; available for redelivery or pickup
        delivered to .. access point; delivered to .. post office; delivered to a locker
        hold at location; hold for pickup; can be collected; can be picked up at
        pick up your .. at; arrived at .. pickup point; arrived at .. pick up point
        at the parcel shop; at parcel shop; at a parcelshop; delivered to .. parcel shop
        delivered to .. pickup point; delivered to .. collection point; delivered to locker
        in the parcel locker; placed in .. locker; taken to .. post office
        zur abholung bereit; abholbereit; zur abholung; kann abgeholt werden
        liegt .. zur abholung; in .. filiale abgeholt; in filiale hinterlegt
        in die filiale gebracht; in eine filiale; an paketshop ubergeben
        im paketshop hinterlegt; in den paketshop; in packstation; in der packstation
        in die packstation; selbstabholung; selbstabholer; wird vom empfanger abgeholt
        a retirer; en attente de retrait; disponible en point; disponible au point
        disponible dans .. point; mis a disposition; mis* en instance; en instance au
        point de retrait
        pret* a etre retire*; pret* a retirer; depose* en point relais
        depose* dans .. point relais; depose* en consigne; au bureau de poste
        disponible para recoger; disponible para recogida; disponible para su recogida
        disponible en oficina; listo para recoger; lista para recoger; para ser recogid*
        pendiente de recogida; recoger en oficina; recogera en; en punto de recogida
        en el punto de recogida; pasara a recoger; ligt klaar; klaar om .. op te halen
        klaar om .. afgehaald; af te halen; op te halen bij; kan worden afgehaald
        kan worden opgehaald; afgehaald worden; bij .. pakketpunt; naar .. pakketpunt
        bij .. afhaalpunt; in de pakketautomaat; gotow* do odbioru; czeka na odbior
        oczekuje na odbior; do odbioru w; awizo; awizowan*; umieszczon* w paczkomacie
        w punkcie odbioru; odbior wlasny; branch se collect; office se collect
        held|kept|hold .. request .. collection|pickup; vous attend .. bureau|relais|agence|point
        vous attend .. consigne; hub|office|branch|depot se lega|lenge|collect; khud .. lega|lenge
        khud le; khud lenge; khud aakar; held|hold|holding at !"""
        + _NOT_WHERE_ONE_COLLECTS,
    ),
    (
        "to_pickup_point",
        """
        redirected .. nearby; redirected to .. location; redirected to .. pickup
        redirected your package to; rerouted to .. access point; on its way to .. access point
        on the way to .. access point; being taken to .. post office; to a nearby .. location
        will be taken to .. pick up; brought to .. parcel shop; forwarded to .. pickup point
        wird in .. filiale gebracht; wird zur filiale; zum paketshop; umgeleitet
        vers un point relais; vers un point de retrait; redirige* vers; achemine* vers .. point
        redirigido a; al punto de recogida; derivado a .. punto; naar een afhaalpunt
        omgeleid naar; przekierowan* do
        """,
    ),
    (
        "returned",
        """
        return to sender; return to shipper; return to origin; returned to sender
        returned to the sender; returned to shipper; returned to the shipper; returned to origin
        returned to consignor; returned to seller; returned to merchant; returned to vendor
        return initiated; rto initiated; rto in transit; marked rto; rto requested
        back to sender; back to the sender; back to shipper; back to the shipper; returning to
        being returned; return shipment in transit; rucksendung; zurueck an absender
        zuruck an absender; zuruck an den absender; zuruckgesandt; zuruckgeschickt
        geht zuruck; an den absender zuruck; an absender zuruck; retoure
        retour a l expediteur; retourne* a l expediteur; retour expediteur; renvoye*
        devuelt* al remitente; devolucion al remitente; devuelt* a origen; en devolucion
        retornad* al remitente; retour afzender; retour naar afzender; terug naar afzender
        teruggestuurd; geretourneerd; zwrot do nadawcy; zwrocon* do nadawcy; zwrot przesylki
        odeslan* do nadawcy; devolucion a|al origen|remitente; rts; rto
        returned to .. warehouse|seller|merchant|vendor|hub of; back to .. retailer|shop|webshop
        sender|shipper|merchant|seller asked|requested|wants .. return|back
        retour demande|souhaite par; return requested by .. sender|shipper|seller|merchant
        recall* by .. sender|shipper
        retour naar|an|au|aan .. webshop|winkel|verzender|handler|versender|marchand|vendeur
        zuruck an|zum|zur .. handler*|versender|verkaufer|shop|absender
        back to .. retailer|seller|merchant
        back to .. vendor|warehouse|origin|consignor; retour a l envoyeur; retour vers l expediteur
        """,
    ),
    (
        "duties_unpaid",
        """
        duties; duty .. unpaid; duty not paid; duty due; import charges; customs charges
        customs fee*; import tax; import vat; vat due; vat not paid; taxes due; taxes unpaid
        refused to pay customs; zollgebuhr*; einfuhrabgaben; einfuhrumsatzsteuer
        zoll nicht bezahlt; droits de douane; frais de douane; taxes d importation
        derechos de aduana; aranceles; gastos de aduana; impuestos de importacion
        invoerrechten; douanekosten; inklaringskosten; clo nieoplacone; oplat* celn*
        naleznosci celne
        pay|paid|paying .. duty|duties|vat|customs
        """,
    ),
    (
        "phone_missing",
        """
        require a phone number; require phone number; requires a phone number
        phone number required; phone number is required; phone number missing
        missing phone number; no phone number; no contact number; without phone number
        contact number missing; contact number not available; phone number not provided
        mobile number missing; need .. phone number; phone number needed
        invalid phone number; invalid mobile number; invalid contact number
        number disconnected|deactivated|inactive|expired
        wrong phone number; wrong mobile number; wrong contact number; wrong number
        incorrect phone number; incorrect mobile number; incorrect contact number
        contact number incorrect; contact number invalid; contact number wrong
        phone number wrong; phone number incorrect; phone number is invalid; number not in service
        phone|mobile|contact|telephone|dialed|dialled number does not exist
        contact details missing; contact details incorrect
        telefonnummer fehlt; keine telefonnummer; telefonnummer .. falsch; falsche telefonnummer
        numero de telephone manquant; telephone manquant; numero .. telephone .. incorrect
        pas de numero de telephone; falta .. telefono; telefono incorrecto; telefono erroneo
        sin telefono; numero de telefono incorrecto; telefoonnummer ontbreekt
        geen telefoonnummer; verkeerd telefoonnummer; telefoonnummer onjuist
        brak numeru telefonu; brak telefonu; bledny numer telefonu; galat number; number galat
        """,
    ),
    (
        "payment_due",
        """
        zahlt|bezahlt nicht; zahlte nicht; ne paie|paye pas; no paga; betaalt niet; nie placi
        lack|lacks|lacking|short .. funds|cash|money; payment|card .. declined|rejected|failed
        exact|correct|small change; right change
        kleingeld; pas de monnaie; wisselgeld; cash not available; cash not ready; amount not ready
        no|without|insufficient cash|money|funds
        not|no|didn|doesn|don .. have|having|carry|carrying|got|had|keep .. cash|money|funds|amount
        cash|money|funds|amount .. not .. available|ready|arranged; had|has no .. cash|money|funds
        out|short|lack of cash|money|funds; change not available; not have change; have no change
        cod not ready; cod amount not; cod not available; cod amount mismatch; cod amount
        not ready with .. amount; not ready with .. cash; payment not ready; payment issue
        payment not; payment mode; amt dispute; amount dispute; payment dispute; price dispute
        no change available; refus* to pay; refus* cod; denied cod
        refusing to pay; unable to pay; could not pay; not able to pay; not able to collect .. cod
        unable to collect .. payment; unable to collect funds; unable to collect cod
        unable to receive payment; not able to receive payment; awaiting payment
        ask*|want* .. card|wallet|upi|online|qr .. pay|payment
        price|amount issue|difference|disputed; uregulowan* .. oplat*; nie uiscil*
        payment required; payment due; payment pending; payment refused; funds not available
        insufficient funds; doesn t accept c o d; c o d; wants prepaid; postage due
        nachnahme; bargeld; konnte nicht zahlen; nicht bezahlt; zahlung; betrag nicht
        contre remboursement; paiement; non paye; pas d argent; argent non; especes
        rembours*; brak srodkow; contra reembolso; contrarreembolso; reembolso; no tiene dinero
        sin dinero; no pag*
        sin efectivo; pago; rembours; niet betaald; geen geld; geen contant; betaling
        kon niet betalen; za pobraniem; pobranie; pobrania; brak gotowki; nie zaplac*
        nie mial pieniedzy; platnosc*; brak pieniedzy; paisa nahi; paise nahi; paise nhi; paisa nhi
        cash nahi; cash nhi; payment nahi; rupaye nahi; पैसे नहीं; पैसा नहीं; भुगतान
        cod|cash|money|amount not in; nachnahme*; kein geld; betrag .. nicht; no .. efectivo|dinero
        paise|paisa|rupaye|cash|payment ready|taiyar nahi|nhi; niet betalen; geen .. geld
        montant .. non|pas
        """,
    ),
    (
        "recipient_unavailable",
        """
        not available or business closed; pas de reponse; assente o chius*; call reject*
        calls reject*; reject* call*
        receiver|recipient|customer|consignee|addressee|resident .. on holiday|vacation|leave
        refus*|declined by .. neighbour*|neighbor*|nachbar*|voisin*|vecin*
        neighbour*|neighbor*|nachbar*|voisin*|vecin*|buur*|buren|sasiad*|vicin* .. refus*|not|nicht
        neighbour*|neighbor*|nachbar*|voisin*|vecin*|buur*|buren|sasiad*|vicin* .. wollte|absent|no
        phone|mobile|calls|call .. closed|transferred|diverted|forwarded; number blocked|barred
        transferred|diverted|forwarded calls
        ausent*|absent*|assent*|abwesend*|afwezig|nieobecn* .. feri*|vacaciones|conges|urlaub
        ausent*|absent*|assent*|abwesend*|afwezig|nieobecn* .. vakantie|urlop*|vacances|holiday*
        at|bei work|hospital|school; im krankenhaus; auf arbeit; au travail; en el trabajo
        op het werk; w pracy; w szpitalu; left .. card; card left; card through .. door
        phone|mobile .. off|dead|busy; no atiende*|responde*|contesta*; reageert niet
        reagiert nicht
        ne repond pas; unable|not|cannot .. accept .. today|now|delivery; war nicht|net da
        er niet; wasn|isn t in|home|there
        """,
    ),
    (
        "access_restricted",
        """
        concierge|doorman|porter|guard|security|reception .. not|refus*|won|denied|wouldn
        portier|pforte|gardien|conserje|portero .. nicht|refus*|no|niet|verweiger*|pas
        road|street|lane|bridge damaged|collapsed|sinkhole|washed; teren|posesj* .. niedostepn*
        zona|zone|area|barrio|quartier|gegend|dzielnica .. peligros*|riesgo|dangereu*
        dangerous|unsafe area|neighbourhood|neighborhood|location; gefahrliche gegend
        acces refuse; access refused; entry refused; road closed; road is closed; street closed
        refused|denied entry|access; entry|access|entrance .. not permitted|allowed|granted|possible
        road|street|lane|bridge .. blocked|closed .. construction|works|repair*|accident|event
        bell|doorbell|intercom|buzzer .. broken|damaged|defective|faulty|working
        tor|tur|haustur|eingang|schranke|pforte|zufahrt .. geschlossen|verschlossen|gesperrt
        werkstor|hoftor|gartentor .. geschlossen|verschlossen|zu
        klingel*|gegensprechanlage .. defekt|kaputt|beschadigt|funktioniert
        portail|grille|barriere|immeuble|residence .. ferme*|clos*|verrouille*
        interphone|sonnette .. casse*|panne|marche|fonctionne; rue|route .. barree|coupee|fermee
        portero|interfono|telefonillo|timbre .. averiad*|estropead*|rot*|danad*|funciona
        verja|cancela|barrera|urbanizacion .. cerrad*; calle|carretera .. cortad*|cerrad*
        bel|deurbel|intercom .. kapot|defect|stuk|werkt; poort|hek|slagboom .. gesloten|dicht|slot
        straat|weg .. afgesloten|opgebroken; brama|furtka|szlaban|klatka|wejscie .. zamkniet*
        domofon|dzwonek .. nie|zepsut*|uszkodz*; ulica|droga .. zamkniet*|zablokowan*
        gesloten|afgesloten|dichte poort|hek|slagboom; geschlossen*|verschlossen* tor|schranke
        zamkniet* brama|furtka|szlaban; cerrad* verja|cancela|barrera; blocco stradale|circolazione
        citofono|campanello .. rott*|guast*|funziona; cancello|portone|sbarra|strada .. chius*
        interfone|campainha .. quebrad*|avariad*|funciona; portao|cancela|rua .. fechad*|trancad*
        """,
    ),
    ("address_incorrect", "wrong|incorrect|invalid pin code"),
    (
        "customs_hold",
        """
        customs refus*|reject*|denied|declined; refus*|rejected|seized|detained by .. customs
        held|detained|retained by .. government|authority|authorities|police
        goods|parcel|package|shipment|item seized|confiscated
        beschlagnahmt*|incautad*|confiscad*|sequestrat*|skonfiskowan*
        beslag genomen; apreendid*
        """,
    ),
    (
        "identification_failed",
        """
        otp dene|share|batane .. mana|nahi; otp nahi|nhi
        didn|doesn|not .. bring|brought|carry|have .. id|ids|passport|identification
        id|identification|legitimatie|legitimation|ausweis refused|geweigerd|verweigert
        """,
    ),
    (
        "refused",
        """
        otp verified cancel*; otp verified .. refus*; cancel* with otp; rejected with otp
        refus*; rejected; reject; declined; denied delivery; customer denied; consignee denied
        not accepted; does not want; doesn t want; did not want; not want the; no longer wants
        not interested; not required by; parcel not required; shipment not required
        won|wouldn|doesn|didn|don t take|accept|want; will not take|accept|want
        wants|asks|demands .. refund
        no|non|niet|nicht|not solicitad*|pedido|besteld|bestellt|commande*
        geannuleerd|annulliert|storniert|anulowan* door|vom|von|przez .. klant*|kunde*
        annule*|cancelad* par|por .. client*
        cliente|client|klant|kunde cancel*|annul*
        rezygn*; zrezygn*
        wrong|different|incorrect item|goods|product|order|article|colour|color|size
        didn t order; did not order; not ordered; never ordered
        fake order; order cancelled by customer; cancelled by customer; canceled by customer
        cancelled by consignee; cancelled by recipient; customer cancelled; consignee cancelled
        customer cancel*; order cancel* by; canceled the product order; duplicate order
        not accept*; would not accept; bought elsewhere; open delivery; open box
        annahme verweigert; annahmeverweigerung; verweigert*; abgelehnt; nicht angenommen
        empfanger lehnt; annahme abgelehnt; lehnt .. ab; nimmt .. nicht an; nahm .. nicht an
        nicht haben; will .. nicht annehmen
        refuse*; decline*; n a pas accepte; ne veut pas; non accepte*; annule* par le client
        rechazad*; rechaza*; rehusad*; rehusa*; no acept*; no quiere; cancelad* por el cliente
        geweigerd; weigert; weigering; niet aanvaard; niet geaccepteerd; wil .. niet
        odmow*; odrzucon*; nie przyjal; nie przyjet*; nie chce; lene se mana; lene se inkar
        mana kar; mana kiya; nahi lena; nahi chahiye; nahin chahiye; inkar; लेने से मना
        मना किया; नहीं चाहिए
        order cancel kar; cancel kar diya; cancel kiya
        changed|change .. mind; inkaar; not expecting .. parcel|package|shipment|delivery|order
        open|check|inspect|try|see|receive .. before paying|payment|accepting
        niet|nicht aangenomen|aangepakt|aanvaard; commande* en double; doppelt bestellt
        pedido duplicado; dubbel besteld; zdublowan*; ordine doppio
        cancel karne; cancel karwa*; lene se; ne veut plus; nicht haben; no lo quiere
        """,
    ),
    (
        "identification_failed",
        """
        couldn|could|can|cannot|unable|did|didn|not .. provide|give|share|know|tell|show .. pin|otp
        proof of age; secret|security|verification|delivery code .. not|wrong|missing|incorrect
        zustellcode|liefercode|abholcode|bezorgcode|afhaalcode
        pin|code .. entered .. wrong*|incorrect*|invalid
        wrong|incorrect|invalid .. delivery|release code
        otp not; otp mismatch; without otp; no otp; wrong otp; incorrect otp; invalid otp
        otp denied; otp nahi; otp nhi; otp failed; otp unavailable; not share otp
        did not share .. otp; not shar* .. otp; not provide .. otp; otp issue; otp code
        valid pin; wrong pin; incorrect pin; pin not shar*; pin not provid*; release code
        delivery code; access pin
        id proof; id not; no id; identification; identity; photo id; proof of id; id card
        valid id; id check; kyc; adult signature; signature required; need .. signature
        no signature !needed|required|necessary; age verification; age check; under age; underage
        not of legal age
        verification failed; ausweis*; identitat*; altersprufung; alterssichtprufung
        unterschrift; piece d identite; identite; signature requise; signature obligatoire
        verification d age; code de retrait; majorite; documento de identidad; sin dni; dni
        identificacion; identidad; falta firma; sin firma; firma requerida; verificacion de edad
        codigo de entrega
        legitimatie; identiteit*; legitimeren; handtekening; leeftijd*; id kaart
        dowod*; tozsamosc*; podpis*; weryfikacj* wieku; pelnoletn*; id nahi
        under|below|younger 16|18|21; is a minor; too young; not old enough; no adult; minderjahrig*
        mineur; menor de edad; minderjarig*; niepelnoletn*; nieletni*
        """,
    ),
    (
        "damaged",
        """
        damaged; damage; broken in transit; crushed; leaking; torn; wet in transit; mutilated
        tampered; spolie*; beschadig*; zerstort angekommen; endommage*; abime*; casse*; avarie*
        danad*; dano; roto; rota; deteriorad*; beschadigd; kapot; uszkodz*; zniszczon* w
        toot gaya; tuta hua; phata
        """,
    ),
    (
        "destroyed",
        """
        destroyed; disposed; disposal; discarded; vernichtet; entsorgt; detruit*; mis* au rebut
        destruid*; desechad*; vernietigd; zutylizowan*; zniszczon*
        """,
    ),
    (
        "lost",
        """
        has been lost; is lost; was lost; parcel lost; consignment|packet lost; package lost
        shipment lost; lost in transit
        lost by; presumed lost; declared lost; lost and found; lost shipment; lost package
        lost parcel; item lost; cannot be traced; untraceable shipment; shipment not traceable
        shipment untraceable; item|parcel|package|shipment is|was|now untraceable|traceless
        package not found; shipment not found; missing shipment
        shipment missing; package missing; parcel missing; stolen; theft; pilfer*
        sendung|paket nicht auffindbar; verloren; verlust; verschollen; gestohlen; perdu; perdue
        egare*; vole
        volee; colis introuvable; perdid*; extraviad*; extravio; robad*; sustraid*; robo
        kwijtgeraakt; verloren gegaan; vermist; zoekgeraakt; gestolen; zagubion*; zaginel*
        zaginion*
        skradzion*; kho gaya; gum ho; lost in|during; trace opened|initiated|started|case
        shipment|parcel|package|item .. cannot be located|found; nachforschung*; enquete; tracer
        """,
    ),
    (
        "prohibited",
        """
        not|nicht allowed|accepted|permitted|erlaubt .. air|mail|post|board; lithium; batteries
        prohibited; hazardous; dangerous goods; restricted item; restricted goods; illegal
        versandbedingungen; beforderungsbedingungen; forbidden; not permitted; exceeds .. weight
        exceeds .. dimension*; oversized; overweight
        verboten; gefahrgut; unzulassig; ubergrosse; interdit*; marchandises dangereuses
        matieres dangereuses; prohibid*; mercancias peligrosas; verboden; gevaarlijke stoffen
        niebezpieczn*; zabronion*; niedozwolon*
        """,
    ),
    (
        "documents_missing",
        """
        missing document*; document* missing; documents required; document* required
        documentation; missing invoice; missing commercial invoice; invoice missing; e way bill
        eway bill; ewaybill; waybill expired; paperwork; customs invoice; no invoice
        unterlagen fehlen; dokumente fehlen; fehlende unterlagen; fehlende dokumente
        rechnung fehlt; documents manquants; document manquant; facture manquante
        documentacion; falta documento*; falta factura; factura comercial; documenten ontbreken
        ontbrekende documenten; factuur ontbreekt; brak dokumentow; brakujace dokumenty
        brak faktury; entry tax; permit
        """,
    ),
    ("customs_hold", "customs inspection|examination|control"),
    (
        "weather_delay",
        """
        weather; mal tiempo; flood*; storm; snow; rain; heavy rain; cyclone; hurricane
        natural disaster
        natural calamity; earthquake; road conditions; force majeure; hoherer|hohere gewalt
        fuerza mayor; overmacht; sil* wyzsz*; forza maggiore; forca maior; road blocked
        act of god; unwetter; wetter; sturm; schnee
        hochwasser; glatteis; witterung*; intemperies; meteo*; neige; tempete; inondation*
        verglas; climat*; clima; meteorolog*; tormenta; nieve; inundacion*
        weersomstandigheden; noodweer; sneeuw; overstroming; pogod*; snieg; powodz; burza
        barish; baarish; baadh; toofan
        snow*; rainfall; raining; rains; water logging; waterlogg*; icy; ice; fog; pani bhar*; pluie
        lluvia; regen; deszcz; oblodzen*; gladheid
        """,
    ),
    (
        "moved",
        """
        moved !next|another|vehicle|truck|facility; shifted; relocated; no longer at
        no longer lives; does not live; not live here
        has left the address; changed address; vacated; shift ho gaya; shift ho gye; ghar badal
        left the city; verzogen; umgezogen; unbekannt verzogen; wohnt nicht mehr
        demenage*; n habite plus; n habite pas; parti sans laisser; npai; a change d adresse
        se mudo; mudad*; cambio de domicilio; cambiado de domicilio; no vive; ya no vive
        verhuisd; woont niet meer; woont hier niet; przeprowadz*; wyprowadz*; nie mieszka
        """,
    ),
    (
        "business_closed",
        """
        business closed; business was closed; company closed; office closed; office was closed
        office is closed; shop closed; store closed; premises closed; premises locked; shop shut
        office shut; shop is closed; store is closed; closed business; customer closed
        was closed; is closed; found closed; location closed; closed on arrival
        closed on holiday; week off; closed today; closed for
        receiver closed; receiving business; non working day; office band; dukan band; dukaan band
        shop band; betriebsferien; betriebsurlaub; jour ferie; entreprise fermee
        vacaciones de empresa; firma nieczynna; दुकान बंद; कार्यालय बंद
        """,
    ),
    (
        "out_of_area",
        """
        out of delivery area; out of area; outside delivery area; outside the delivery area
        outside .. service area; out of service area; oda; oda location; non serviceable
        not serviceable; unserviceable; area not served; location not covered; no service area
        not our area; remote area; not serve the; do not serve; beyond delivery limit
        out of coverage; out of delivery zone; pincode not serviceable; pin code not serviceable
        ausserhalb .. zustellgebiet*; ausserhalb des gebiets; nicht im zustellgebiet
        hors zone; zone non desservie; hors secteur; non desservi*; fuera de zona; fuera de ruta
        zona no cubierta; fuera de cobertura; sin cobertura; zona sin servicio
        buiten bezorggebied; buiten .. leveringsgebied; buiten .. gebied; poza obszarem
        poza rejonem; poza zasiegiem; area se bahar
        """,
    ),
    (
        "address_not_found",
        """
        address not found; find address; find the address; locate address; locate the address
        find customer address; locate customer address; address not located; address not traceable
        address untraceable; address could not be found; could not locate; unable to locate address
        house not found; house number not found; building not found; location not found
        street not found; address does not exist; no such address; no such street; no such number
        anschrift nicht gefunden; adresse nicht gefunden; hausnummer nicht gefunden
        adresse nicht auffindbar; strasse nicht gefunden; adresse existiert nicht
        adresse introuvable; adresse non trouvee; adresse inexistante; rue introuvable
        domicilio no encontrado; direccion no encontrada; no se encuentra la direccion
        no localiza la direccion; direccion inexistente; direccion no existe; no existe la direccion
        adres niet gevonden; adres onvindbaar; adres bestaat niet; huisnummer niet gevonden
        nie znaleziono adresu; adres nie istnieje; nie odnaleziono adresu; address nahi mila
        pata nahi mila; ghar nahi mila; पता नहीं मिला
        find|locate|found .. property|house|premises|building|street|flat
        property|premises|house not
        hausnummer|strasse|adresse|anschrift nicht vorhanden|existent; hausnummer .. gibt es nicht
        address|pata|ghar samajh; address|pata|ghar nahi; adresse|rue|numero n existe pas
        """,
    ),
    (
        "address_incorrect",
        """
        incomplete address; address incomplete; address is incomplete; insufficient address
        address insufficient; incorrect address; address incorrect; address is incorrect
        wrong address; address wrong; address is wrong; bad address; invalid address
        address invalid; address not valid; inaccurate address; address issue; address problem
        address query; unclear address; address unclear; address not clear; address missing
        address is missing; missing address; address correction; address information
        address change*; change in address; change of address; improper address
        address error; address mismatch; address label; alternate address; different address
        wrong pincode; wrong pin code; incorrect pincode; pincode mismatch; pin code mismatch
        wrong postcode; incorrect postcode; incorrect zip; wrong zip; postal code .. incorrect
        incorrect postal; wrong city; landmark; need .. address; apartment number; flat number
        house number missing; house number .. missing; missing house number; house no missing
        missing suite; suite number; unit number missing; street number; name incorrect
        undeliverable as addressed; deliver .. as addressed; misaddressed; not deliverable as
        adresse unvollstandig; unvollstandige adresse; unvollstandige anschrift
        anschrift unvollstandig; falsche adresse; falsche anschrift; adresse falsch
        adresse fehlerhaft; fehlerhafte adresse; anschrift fehlerhaft; adresse unklar
        adresse ungultig; ungultige adresse; hausnummer fehlt; postleitzahl falsch
        falsche postleitzahl; adresse nicht korrekt; unzureichende anschrift; adresskorrektur
        adresse incomplete; adresse erronee; adresse incorrecte; adresse insuffisante
        adresse invalide; mauvaise adresse; defaut d adresse; defaut adresse; erreur d adresse
        adresse inexacte; code postal .. incorrect; code postal .. errone; complement d adresse
        direccion incorrecta; direccion incompleta; direccion erronea; direccion insuficiente
        direccion equivocada; senas incorrectas; domicilio incorrecto; domicilio incompleto
        datos incorrectos; codigo postal incorrecto; codigo postal erroneo; error en la direccion
        direccion invalida; faltan datos; adres onvolledig; onvolledig adres; adres onjuist
        onjuist adres; verkeerd adres; adres verkeerd; adres incorrect; foutief adres; adres fout
        adres niet correct; huisnummer ontbreekt; postcode onjuist; postcode klopt niet
        adres ongeldig; bledny adres; adres bledny; niepelny adres; adres niepelny
        nieprawidlowy adres; adres nieprawidlowy; niekompletny adres; adres niekompletny
        brak numeru domu; bledny kod pocztowy; niepoprawny adres; address galat; galat address
        galat pata; pata galat; adhura address; address adhura; adhura pata; address poora nahi
        गलत पता; पता गलत; पता अधूरा; अधूरा पता
        house|street|flat|apartment|unit|suite|building|door number|no .. missing|needed|required
        apartment|flat|unit|suite|floor missing|needed|required
        house|street|flat|apartment|unit|building number .. wrong|incorrect|exist
        number .. missing on label
        postcode|zip|pincode|postal .. match|mismatch|wrong|incorrect|invalid
        town .. wrong|incorrect
        hausnummer|postleitzahl|plz|strasse|ort fehlt|falsch|ungultig|unklar
        numero .. rue|voie|maison|appartement .. manquant|absent|incorrect|errone; numero de rue
        falta|faltan numero|piso|portal|puerta|calle; falta .. piso|portal|puerta|escalera
        huisnummer|postcode|toevoeging|straatnaam ontbreekt|onjuist|klopt|onbekend
        verkeerde postcode
        brak|bledny|zly numeru|numer mieszkania|lokalu|ulicy|budynku; bledna ulica; zly adres
        """,
    ),
    (
        "unable_to_locate",
        """
        name|surname .. bell|doorbell|mailbox|letterbox|buzzer; name* .. klingel*|briefkasten*
        nom .. sonnette|boite|interphone; nombre .. timbre|buzon|portero; naam .. bel|brievenbus
        nazwisk* .. domofon*|skrzynce|drzwiach; nome .. citofono|campanello|caixa
        """,
    ),
    (
        "access_restricted",
        """
        no access; cannot access; access not; access denied; access restricted; access problem
        access code; access to .. not possible; access customer location; unable to access
        could not access; entry restricted; entry not allowed; entry denied; entry not permitted
        restricted entry; restricted area; restricted access; no entry; not allowed inside
        gate locked; gate closed; locked gate; security gate; security did not; security not allow*
        security denied; security guard; gate code; gated community; doorman; door locked
        entrance locked; building locked; intercom; buzzer; bell not working; dangerous dog
        dog at; dog on; dog in; loose dog; due to dog; guard dog
        animal; inaccessible; unsafe; safety; road closed; no parking; lift not working
        elevator; army area; military area; curfew; lockdown; containment
        kein zugang; zugang nicht; kein zutritt; zutritt verweigert; kein einlass; hund
        tor geschlossen; zufahrt; strasse gesperrt; klingel; nicht zuganglich; zugang versperrt
        pas d acces; acces impossible; acces refuse; acces difficile; acces au; code d acces
        digicode; interphone; chien; portail ferme; inaccessible; sin acceso; acceso no
        acceso restringido; no se puede acceder; no se pudo acceder; imposible acceder; perro
        porteria; portero; geen toegang; toegang niet; niet toegankelijk; hond; poort gesloten
        bel werkt niet; weg afgesloten; brak dostepu; brak dojazdu; pies; domofon; brama
        kod do bramy; gate band; entry nahi; andar nahi
        dog loose|barking|aggressive|running; access blocked; driveway blocked; locked out
        zugang|zutritt .. nicht moglich; kein durchkommen; acces .. impossible|bloque|ferme; portail
        toegang .. onmogelijk|afgesloten; zamknieta brama; brak wejscia
        """,
    ),
    (
        "recipient_unavailable",
        """
        not at home; not home; nobody; no one; noone; unavailable; not available; absent
        away; out of town; out of station; out of city; on vacation; not in town
        not reachable; unreachable; not contactable; uncontactable; unable to contact
        could not contact; could not be contacted; unable to reach; could not be reached
        could not reach
        no response; not responding; not respond*; no answer; not answer*; did not answer
        not picking; not picked call; not pick* .. call*; not pick* .. phone; call not picked
        phone off; switched off; switch off; mobile off; phone busy; number busy; ringing
        calls not; call rejected; disconnect* call; disconnecting; incoming calls
        door closed; door lock; house locked; premises vacant; residence locked; home closed
        notice left; left notice; card left; carded; no authorized; no authorised
        no authorized recipient; recipient not in; not present; customer out; receiver missing
        attempted no one; missed you; missed delivery; no safe place; no secure location
        nicht angetroffen; nicht anzutreffen; nicht zuhause; nicht zu hause; niemand; abwesend
        nicht erreichbar; nicht erreicht; nicht da; benachrichtigt; benachrichtigung
        benachrichtigungskarte; nicht anwesend; im urlaub; abwesenheit; niemanden
        absente; personne; pas disponible; non disponible; indisponible; injoignable
        avis de passage; pas repondu; ne repond pas; sans reponse; absence; pas joignable
        avise; pas chez lui; ausente; ausencia; nadie; no estaba; no esta en casa; no se encontraba
        no localizado; no disponible; no contesta; no responde; no atiende; ilocalizable
        aviso de visita; aviso dejado; dejado aviso; niet thuis; niemand thuis; niet aanwezig
        afwezig; niet bereikbaar; onbereikbaar; niet aangetroffen; geen gehoor; kaartje
        neemt niet op; nieobecn*; nie zastano; nie zastal; nikogo; brak odbiorcy; nikt
        niedostepn*; nie odbiera; nie odpowiada; brak kontaktu; pozostawiono zawiadomienie
        nieosiagaln*; ghar par nahi; ghar pe nahi; ghar pr nahi; ghar mein nahi; ghar me nahi
        koi nahi; phone nahi; call nahi; phone band; mobile band; ghar band; bahar gaya
        bahar chala; bahar hai
        uthaya nahi; nahi utha*; nahin utha*; nhi utha*; sampark nahi; dusre shehar; customer nahi
        घर पर नहीं; फोन नहीं; कोई नहीं; फोन बंद; संपर्क नहीं
        no reply; calling card; knocked; rang .. bell; tala laga*; taala laga*; gaon gaya|gaye|gya
        customer|recipient|occupant|receiver|consignee|resident|addressee not in; gemist
        trof .. niemand
        sonnee; sonne .. reponse; nikt nie; bahar gaye; ghar .. nahi
        """,
    ),
    (
        "unable_to_locate",
        """
        unable to locate; consignee not found; customer not found; recipient not found
        consignee unknown; recipient unknown; unknown recipient; unknown consignee; receiver unknown
        addressee unknown; unknown addressee; consignee not traceable; not known; no such person
        no such consignee; not known at this address; name not on; not listed; recipient not known
        empfanger unbekannt; unbekannt; empfanger nicht gefunden; empfanger nicht ermittelbar
        nicht zu ermitteln; nicht ermittelt; destinataire inconnu; inconnu; inconnue
        nom introuvable; destinatario desconocido; desconocid*; onbekend; ontvanger niet gevonden
        adresat nieznany; odbiorca nieznany; nieznany
        namensschild; kein name; name nicht; nom .. boite; nom absent; sin nombre; naambordje
        brak nazwiska
        """,
    ),
    (
        "rescheduled",
        """
        reschedul*; future delivery; future date; later date; another day; different day
        requested delivery on; requested later; later delivery; requested delay*; postpone*
        delivery deferred; deferred; asked to deliver; asked .. come later; asked .. deliver later
        appointment; next day delivery requested; verschoben; spater zustell*; neuer termin
        wunschtermin; anderer tag; reporte*; reprogramme*; autre date; date ulterieure
        livraison differee; rendez vous; aplazad*; reprogramad*; otra fecha; otro dia; cita
        pospuest*; concertar; uitgesteld; andere dag; nieuwe afspraak; afspraak; verzet naar
        przelozon*; inny termin; inny dzien; nowy termin; przesuniet*; kal lenge; kal lega; kal aana
        kal dena; baad mein; baad me; parso
        want*|request*|asked|ask* .. evening|morning|tomorrow|weekend|saturday|sunday|monday|night
        doosri|dusri date|tarikh; kal do|de|ko|dena|bhej*; shaam ko; subah ko
        """,
    ),
    (
        "locker_unsuitable",
        """
        does not fit; doesn t fit; too large for; too big for; locker full; locker is full
        mailbox full; no space in .. locker; packstation voll; passt nicht; zu gross fur
        consigne pleine; trop grand; trop volumineux; no cabe; casillero lleno; past niet
        te groot; kluis vol; brievenbus te klein; nie miesci sie; paczkomat pelny; przepelnion*
        """,
    ),
    (
        "courier_problem",
        """
        system|technical error|failure|fault|issue|problem
        missort*; mis sort*; misrout*; mis rout*; missent; mis sent; sorting error; wrong branch
        wrong hub; wrong facility; wrong route; operational; operations; bag not received
        shipment not received; not received at; vehicle; truck; driver; courier error; driver error
        manpower; staff shortage; capacity; strike; network issue; technical; system issue
        fehlgeleitet; fehlsortier*; falsch sortiert; streik; panne; erreur de tri; mal dirige
        greve; mouvement social; trocad*; incident d exploitation; incident technique
        error de clasificacion; mal clasificad*
        huelga; incidencia operativa; problema operativo; verkeerd gesorteerd; sorteerfout; staking
        zle posortowan*; blad sortowania; strajk
        strike; stau; unfall; accident; traffic; breakdown
        """,
    ),
    (
        "cancelled",
        """
        cancelled; canceled; cancellation; storniert; annule*; annulation; cancelad*; anulad*
        geannuleerd; anulowan*; cancel ho
        """,
    ),
    ("delayed", "delay*; verspat*; verzoger*; retard; retrasad*; retraso; vertrag*; opozn*"),
    (
        "attempt_failed",
        """
        attempt*; zustellversuch; zustellung .. nicht moglich; zustellhindernis; erfolglos
        tentative; livraison impossible; non livre*; pas pu etre livre*; echec; intento
        entrega fallida; no entregad*; imposible entregar; bezorgpoging; bezorging mislukt
        niet bezorgd; niet geleverd; proba doreczenia; niedoreczon*; nie doreczono
        prob* dostarczenia
        """,
    ),
    (
        "undeliverable",
        """
        undeliver*; cannot be delivered; could not be delivered; could not deliver; not delivered
        unable to deliver; unzustellbar; nicht zustellbar; konnte nicht zugestellt
        non distribuable; ne peut etre livre*; no se pudo entregar; onbestelbaar
        kon niet worden bezorgd; niedoreczaln*; nie mozna doreczyc
        """,
    ),
)

HELD = frozenset({"ready_for_pickup", "to_pickup_point"})
"""Reasons of the kind `held`: the parcel waits where the customer can collect it."""

PROMISED = "will|would|if|before|otherwise|unless|wird|werden|sera|zal|wordt|zostanie"
"""A return after one of these words is announced and has not begun."""

HAPPENED = """
attempted delivery|to; delivery attempt|attempted|missed|failed|unsuccessful; missed delivery
delivery was .. attempted|missed; attempt|attempts made|unsuccessful|failed|was; failed attempt
not delivered; undeliverable; unable|attempted to deliver
could not be delivered; could not deliver; cannot be delivered; refused; rejected by
return|returned|returning to sender|shipper; return|returned|returning to the sender|shipper
being returned; unclaimed; did not collect; was not collected; insufficient address
incorrect address; addressee unknown; moved left; left no address; was lost; was seized
was|package|parcel damaged; no access; no attempt
notice left; no authorized recipient; no authorised recipient
zustellversuch|zustellung .. erfolglos|gescheitert|nicht; nicht zugestellt|angetroffen|zustellbar
unzustellbar; verweigert; tentative de livraison; non livre*; livraison impossible
pas pu etre livre*; refuse par; intento de entrega; intento fallido; no entregad*
no se pudo entregar; entrega fallida; rechazad*; bezorgpoging; niet bezorgd|geleverd|thuis
geweigerd; nie doreczono; niedoreczon*; nieudana proba; odmowa przyjecia; mancata consegna
non consegnat*; tentativo di consegna; nao entregue; tentativa de entrega
"""
"""Says of news on the way that a delivery failed, though its code does not."""

AHEAD = """
will; would; if; before; unless; may; might; to be; in progress; scheduled; next; again; soon
requested; requests; confirmed; rescheduled; another|additional|further attempt; not .. yet
not ready|available for|to; avoid
out for delivery; on the|its way; in transit; changed; corrected; forwarded; resolved; tomorrow
picked up at|by|from; retrieved; collected by; instruction*; option*; dropped off
wird; werden; sera; seront; sera*; zal; wordt; zostanie; unterwegs; en route; en camino; onderweg
"""
"""Such news is of what is asked for, planned or over: nothing failed by it, nothing waits."""

GIVEN_IN = """
by|from|for .. sender|shipper|carrier|courier; absender|versender; eingeliefert; einlieferung
eingelegt; angenommen; expediteur|expeditrice; remitente; afzender|verzender; nadawc*; nadan*
mittente; remetente; courier|carrier pickup|collection; dropped off; drop off; admitid*; depot par
"""
"""The sender has brought it there, or a courier fetches it: nobody waits to collect it."""
